#include "tandem/training/trainer.h"

#include <c10/util/Exception.h>

#include <utility>

namespace tandem {
namespace {

class HeadTraining final : public EpochTraining {
 public:
  HeadTraining(TrainingState state, const TrainingPairs& pairs, const TrainOptions& options, const DevQuality& quality,
               const TrainHooks& hooks)
      : state_(std::move(state)), pairs_(pairs), options_(options), quality_(quality), hooks_(hooks) {}

  TrainedHeads run() {
    run_epochs(*this, state_,
               {.epochs = options_.epochs,
                .batches = pairs_.batches,
                .batch_size = pairs_.batch_size,
                .patience = options_.patience});
    return {.image = state_.best->image.on(c10::kCPU),
            .text = state_.best->text.on(c10::kCPU),
            .logit_scale = state_.best->logit_scale,
            .best_epoch = *state_.best_epoch,
            .epochs = std::move(state_.epochs)};
  }

  at::Tensor order(std::int64_t epoch) const override { return epoch_order(pairs_, options_, epoch); }

  void step(const at::Tensor& captions) override {
    last_step_ = take_step(state_, pairs_, captions, options_, hooks_.peers);
  }

  void on_step() override {
    if (hooks_.on_step) hooks_.on_step(last_step_);
  }

  double logit_scale() const override { return state_.logit_scale(); }

  std::optional<double> dev_recall() const override {
    if (!quality_) return std::nullopt;
    return quality_(state_.measured_image(), state_.measured_text());
  }

  void keep_weights() override {
    state_.best = KeptHeads{.image = state_.measured_image().snapshot(),
                            .text = state_.measured_text().snapshot(),
                            .logit_scale = state_.logit_scale()};
  }

  void on_epoch(const EpochReport& report) override {
    if (hooks_.on_epoch) hooks_.on_epoch(report);
  }

  void on_state() override {
    if (hooks_.on_state) hooks_.on_state(state_);
  }

  bool stop_asked() override { return hooks_.stop && hooks_.stop(state_); }

 private:
  TrainingState state_;
  const TrainingPairs& pairs_;
  const TrainOptions& options_;
  const DevQuality& quality_;
  const TrainHooks& hooks_;
  StepReport last_step_;
};

}  // namespace

TrainedHeads train_heads(const PairedFeatures& features, const TrainOptions& options, const DevQuality& quality,
                         const TrainHooks& hooks) {
  check_train_options(options);
  const TrainingPairs pairs = training_pairs(features, options);
  TrainingState state = fresh_state(pairs, options);
  if (hooks.on_state) hooks.on_state(state);
  return HeadTraining(std::move(state), pairs, options, quality, hooks).run();
}

TrainedHeads train_from(TrainingState state, const PairedFeatures& features, const TrainOptions& options,
                        const DevQuality& quality, const TrainHooks& hooks) {
  check_train_options(options);
  const TrainingPairs pairs = training_pairs(features, options);
  return HeadTraining(std::move(state), pairs, options, quality, hooks).run();
}

}  // namespace tandem
