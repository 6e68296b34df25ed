// The display of a training: a table with one row per epoch and, on a terminal, a progress line
// below it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "apps/terminal/terminal_line.h"
#include "tandem/training/trainer.h"

namespace tandem::apps {

class TrainingView {
 public:
  /// `quiet`: show neither table nor line. `pairs_per_epoch` is the number of pairs per epoch, for
  /// the rate.
  TrainingView(bool quiet, std::int64_t epochs, std::int64_t pairs_per_epoch);
  ~TrainingView();
  TrainingView(const TrainingView&) = delete;
  TrainingView& operator=(const TrainingView&) = delete;

  /// Prints the epochs before an interruption, in the same form as later ones.
  void earlier(const std::vector<EpochReport>& epochs);
  /// Updates the line.
  void step(const StepReport& report);
  /// Prints the row of an epoch.
  void epoch(const EpochReport& report);

  /// The text of the progress line, without its less important parts if it would take more than
  /// `columns`:
  /// "epoch 3/13  [##      ]  loss 2.1034  scale 23.1 (temperature 0.043)  dev 45.20, best 45.20 in
  /// epoch 2  5,412 pairs/s  1:02 left"
  std::string line(const StepReport& report, double seconds_here, std::size_t columns = kAnyWidth) const;

 private:
  using Clock = std::chrono::steady_clock;

  void row(const EpochReport& report);
  void clear() const;

  bool quiet_, on_terminal_;  ///< also quiet with --quiet
  std::int64_t epochs_, pairs_per_epoch_;
  EpochReport last_, best_;
  std::int64_t first_step_ = -1;  ///< number of steps before this program was started; -1: not known yet
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
};

}  // namespace tandem::apps
