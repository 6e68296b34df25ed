// The epochs of a training, of heads or of encoders: where it is, what each epoch reported, which
// one was best on dev, and the loop over them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace tandem {

struct EpochReport {
  std::int64_t epoch = 0;  ///< from 1
  double loss = 0;         ///< mean over the epoch's batches
  double logit_scale = 0;  ///< at its end
  double learning_rate = 0;
  std::optional<double> dev_recall;  ///< quality on dev; nothing if it was not measured
  double seconds = 0;                ///< training alone
};

/// Where a training is among its epochs.
struct EpochCourse {
  std::int64_t epoch = 1;                  ///< in progress, from 1
  std::int64_t batch = 0;                  ///< done in it
  double loss_sum = 0;                     ///< over them
  double learning_rate = 0;                ///< of the last step
  double seconds = 0;                      ///< that the steps of this epoch took
  std::vector<EpochReport> epochs;         ///< finished; fine-tuning has its start before them, as epoch 0
  std::optional<std::int64_t> best_epoch;  ///< the earliest of the best on dev; without dev the last

  /// Steps done over all epochs, of `batches` each.
  std::int64_t steps_done(std::int64_t batches) const { return (epoch - 1) * batches + batch; }

  /// Counts a step of the epoch in progress.
  void count_step(double loss, double step_learning_rate);
};

/// How long a training is.
struct EpochPlan {
  std::int64_t epochs = 0;
  std::int64_t batches = 0;     ///< in an epoch
  std::int64_t batch_size = 0;  ///< captions in a batch
  std::int64_t patience = 0;    ///< epochs without a better one on dev after which it ends; 0 turns it off
};

/// What a training does at every point of run_epochs().
class EpochTraining {
 public:
  EpochTraining() = default;
  EpochTraining(const EpochTraining&) = delete;
  EpochTraining& operator=(const EpochTraining&) = delete;
  virtual ~EpochTraining() = default;

  /// The captions of the epoch in the order of their visit, [M] int64.
  virtual at::Tensor order(std::int64_t epoch) const = 0;
  /// Takes the next step, over the captions [B], and counts it in the course.
  virtual void step(const at::Tensor& captions) = 0;
  /// Reports the step to whoever watches; its time is not the training's.
  virtual void on_step() = 0;
  virtual double logit_scale() const = 0;
  /// The quality on dev of the weights as they are, larger is better; nothing if it is not
  /// measured.
  virtual std::optional<double> dev_recall() const = 0;
  /// Copies the weights: those of the best epoch so far.
  virtual void keep_weights() = 0;
  virtual void on_epoch(const EpochReport& report) = 0;
  /// A moment from which the training could go on: after every step and, in place of an epoch's
  /// last, after the epoch.
  virtual void on_state() = 0;
  /// Whether to stop; asked after on_state() while there is more to do.
  virtual bool stop_asked() = 0;
};

/// Takes the course from where it is to its end. Throws Stopped when it is asked to stop.
void run_epochs(EpochTraining& training, EpochCourse& course, const EpochPlan& plan);

}  // namespace tandem
