#include "tandem/training/checkpoint_keeper.h"

#include <utility>

namespace tandem {

CheckpointKeeper::CheckpointKeeper(std::filesystem::path folder, TrainOptions options, TrainOrigin origin,
                                   CheckpointTimes times)
    : folder_(std::move(folder)), options_(std::move(options)), origin_(std::move(origin)), times_(times) {}

bool CheckpointKeeper::is_time(const TrainingState& state) const {
  if (steps_since_ < 0) return true;
  const double elapsed = std::chrono::duration<double>(Clock::now() - written_).count();
  if (times_.seconds > 0 && elapsed >= times_.seconds) return true;
  if (times_.steps > 0 && steps_since_ >= times_.steps) return true;
  return state.batch == 0 && elapsed >= 20 * writing_seconds_;
}

void CheckpointKeeper::offer(const TrainingState& state) {
  if (steps_since_ >= 0) ++steps_since_;
  if (is_time(state)) write(state);
}

void CheckpointKeeper::keep(const TrainingState& state) {
  if (steps_since_ != 0) write(state);
}

void CheckpointKeeper::write(const TrainingState& state) {
  const Clock::time_point start = Clock::now();
  write_checkpoint(folder_, options_, origin_, state);
  written_ = Clock::now();
  writing_seconds_ = std::chrono::duration<double>(written_ - start).count();
  steps_since_ = 0;
}

}  // namespace tandem
