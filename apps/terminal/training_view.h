// Training as it is watched: a table with a row an epoch and, on a terminal, a line below it that
// moves.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tandem/training/trainer.h"

namespace tandem::apps {

class TrainingView {
 public:
  /// `quiet`: neither table nor line.
  TrainingView(bool quiet, std::int64_t epochs, std::int64_t pairs_an_epoch);
  ~TrainingView();
  TrainingView(const TrainingView&) = delete;
  TrainingView& operator=(const TrainingView&) = delete;

  /// Epochs of before an interruption, printed as the others.
  void earlier(const std::vector<EpochReport>& epochs);
  void step(const StepReport& report);
  void epoch(const EpochReport& report);

  /// "epoch 3/13  [####    ]  loss 2.1034  scale 23.1 (temperature 0.043)  dev 45.20, best 45.20 in
  /// epoch 2  5,412 pairs/s  1:02 left"
  std::string line(const StepReport& report, double seconds_here) const;

 private:
  using Clock = std::chrono::steady_clock;

  void row(const EpochReport& report);
  void clear() const;

  bool quiet_, on_terminal_;
  std::int64_t epochs_, pairs_an_epoch_;
  EpochReport last_, best_;
  std::int64_t first_step_ = -1;  ///< steps done before this program
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
};

}  // namespace tandem::apps
