// When a training is written down: at its beginning, at the end of every epoch, and in between
// after so many seconds or steps.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "tandem/training/checkpoint.h"

namespace tandem {

struct CheckpointTimes {
  double seconds = 10;     ///< after which the next step is written; 0 turns it off
  std::int64_t steps = 0;  ///< after which the next is written, however fast they were; 0 turns it off
};

class CheckpointKeeper {
 public:
  CheckpointKeeper(std::filesystem::path folder, TrainOptions options, TrainOrigin origin, CheckpointTimes times);

  /// Writes the state if it is time. The end of an epoch is passed over where writing would take
  /// more than a twentieth of the time.
  /// Throws FileError if it cannot be written; the older checkpoint then stays.
  void offer(const TrainingState& state);

  /// Writes the state whatever the time, unless it is what was written last.
  void keep(const TrainingState& state);

 private:
  using Clock = std::chrono::steady_clock;

  bool is_time(const TrainingState& state) const;
  void write(const TrainingState& state);

  std::filesystem::path folder_;
  TrainOptions options_;
  TrainOrigin origin_;
  CheckpointTimes times_;
  Clock::time_point written_{};
  double writing_seconds_ = 0;
  std::int64_t steps_since_ = -1;  ///< -1: nothing was written yet
};

}  // namespace tandem
