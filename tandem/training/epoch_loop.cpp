#include "tandem/training/epoch_loop.h"

#include <algorithm>
#include <chrono>

#include "tandem/base/stop.h"

namespace tandem {
namespace {

/// Whether the report is better than those of all epochs before; without dev every one is.
bool is_best(const EpochCourse& course, const EpochReport& report) {
  if (!course.best_epoch || !report.dev_recall) return true;
  const auto best = std::find_if(course.epochs.begin(), course.epochs.end(),
                                 [&](const EpochReport& earlier) { return earlier.epoch == *course.best_epoch; });
  return best == course.epochs.end() || report.dev_recall > best->dev_recall;
}

/// Closes the epoch: measures it, keeps its weights if they are the best so far, and begins the
/// next.
void end_epoch(EpochTraining& training, EpochCourse& course, const EpochPlan& plan) {
  const EpochReport report{.epoch = course.epoch,
                           .loss = course.loss_sum / static_cast<double>(plan.batches),
                           .logit_scale = training.logit_scale(),
                           .learning_rate = course.learning_rate,
                           .dev_recall = training.dev_recall(),
                           .seconds = course.seconds};
  if (is_best(course, report)) {
    training.keep_weights();
    course.best_epoch = course.epoch;
  }
  course.epochs.push_back(report);
  ++course.epoch;
  course.batch = 0;
  course.loss_sum = 0;
  course.seconds = 0;
}

bool is_over(const EpochCourse& course, const EpochPlan& plan) {
  if (course.epoch > plan.epochs) return true;
  return plan.patience > 0 && course.best_epoch && course.epoch - 1 - *course.best_epoch >= plan.patience;
}

void timed_step(EpochTraining& training, EpochCourse& course, const at::Tensor& captions) {
  const auto start = std::chrono::steady_clock::now();
  training.step(captions);
  course.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  training.on_step();
}

}  // namespace

void EpochCourse::count_step(double loss, double step_learning_rate) {
  ++batch;
  loss_sum += loss;
  learning_rate = step_learning_rate;
}

void run_epochs(EpochTraining& training, EpochCourse& course, const EpochPlan& plan) {
  while (!is_over(course, plan)) {
    const at::Tensor order = training.order(course.epoch);
    while (course.batch < plan.batches) {
      timed_step(training, course, order.narrow(0, course.batch * plan.batch_size, plan.batch_size));
      if (course.batch == plan.batches) break;
      training.on_state();
      if (training.stop_asked()) throw Stopped();
    }
    end_epoch(training, course, plan);
    training.on_epoch(course.epochs.back());
    training.on_state();
    if (!is_over(course, plan) && training.stop_asked()) throw Stopped();
  }
}

}  // namespace tandem
