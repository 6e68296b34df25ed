#include "tandem/training/trainer.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace tandem {
namespace {

/// Closes the state's epoch: measures it, and keeps its heads if they are the best so far.
void end_epoch(TrainingState& state, const TrainingPairs& pairs, const DevQuality& quality) {
  EpochReport report{.epoch = state.epoch,
                     .loss = state.loss_sum / static_cast<double>(pairs.batches),
                     .logit_scale = state.logit_scale(),
                     .learning_rate = state.learning_rate,
                     .seconds = state.seconds};
  bool better = true;
  if (quality) {
    report.dev_recall = quality(state.measured_image(), state.measured_text());
    better = !state.best || *report.dev_recall > *state.epochs[state.best->epoch - 1].dev_recall;
  }
  if (better) {
    state.best = KeptHeads{.image = state.measured_image().snapshot(),
                           .text = state.measured_text().snapshot(),
                           .logit_scale = report.logit_scale,
                           .epoch = state.epoch};
  }
  state.epochs.push_back(report);
  ++state.epoch;
  state.batch = 0;
  state.loss_sum = 0;
  state.seconds = 0;
}

bool is_over(const TrainingState& state, const TrainOptions& options) {
  if (state.epoch > options.epochs) return true;
  return options.patience > 0 && state.best && state.epoch - 1 - state.best->epoch >= options.patience;
}

TrainedHeads train(TrainingState state, const TrainingPairs& pairs, const TrainOptions& options,
                   const DevQuality& quality, const TrainHooks& hooks) {
  while (!is_over(state, options)) {
    const at::Tensor order = epoch_order(pairs, options, state.epoch);
    while (state.batch < pairs.batches) {
      const auto start = std::chrono::steady_clock::now();
      const StepReport report = take_step(
          state, pairs, order.narrow(0, state.batch * pairs.batch_size, pairs.batch_size), options, hooks.peers);
      state.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (hooks.on_step) hooks.on_step(report);
      if (state.batch == pairs.batches) break;
      if (hooks.on_state) hooks.on_state(state);
      if (hooks.stop && hooks.stop(state)) throw Stopped();
    }
    end_epoch(state, pairs, quality);
    if (hooks.on_epoch) hooks.on_epoch(state.epochs.back());
    if (hooks.on_state) hooks.on_state(state);
    if (hooks.stop && !is_over(state, options) && hooks.stop(state)) throw Stopped();
  }
  return {.image = state.best->image.on(c10::kCPU),
          .text = state.best->text.on(c10::kCPU),
          .logit_scale = state.best->logit_scale,
          .best_epoch = state.best->epoch,
          .epochs = std::move(state.epochs)};
}

}  // namespace

TrainedHeads train_heads(const PairedFeatures& features, const TrainOptions& options, const DevQuality& quality,
                         const TrainHooks& hooks) {
  check_train_options(options);
  const TrainingPairs pairs = training_pairs(features, options);
  TrainingState state = fresh_state(pairs, options);
  if (hooks.on_state) hooks.on_state(state);
  return train(std::move(state), pairs, options, quality, hooks);
}

TrainedHeads train_from(TrainingState state, const PairedFeatures& features, const TrainOptions& options,
                        const DevQuality& quality, const TrainHooks& hooks) {
  check_train_options(options);
  return train(std::move(state), training_pairs(features, options), options, quality, hooks);
}

}  // namespace tandem
