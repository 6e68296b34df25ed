#include "tandem/training/training_state.h"

#include <ATen/CPUGeneratorImpl.h>

#include "tandem/training/chance_streams.h"
#include "tandem/training/logit_scale.h"

namespace tandem {

double TrainingState::logit_scale() const { return logit_scale_of(log_scale); }

TrainingState state_around(ProjectionHead image, ProjectionHead text, const TrainOptions& options) {
  const bool learn_scale = options.learn_scale && uses_scale(options.loss.kind);
  const at::Tensor log_scale = first_log_scale(options.initial_scale, learn_scale, image.device());
  const at::Tensor bias = first_bias(options.loss.kind, options.initial_bias, image.device());
  std::vector<at::Tensor> learned = image.parameters();
  for (const at::Tensor& parameter : text.parameters()) learned.push_back(parameter);
  if (learn_scale) learned.push_back(log_scale);
  if (bias.defined()) learned.push_back(bias);
  Optimizer optimizer(std::move(learned), {.kind = options.optimizer, .weight_decay = options.weight_decay});
  TrainingState state{.image = std::move(image),
                      .text = std::move(text),
                      .log_scale = log_scale,
                      .bias = bias,
                      .optimizer = std::move(optimizer)};
  if (options.average_decay > 0) {
    state.average_image = state.image.snapshot();
    state.average_text = state.text.snapshot();
  }
  return state;
}

TrainingState fresh_state(const TrainingPairs& pairs, const TrainOptions& options) {
  const auto chance = [&](std::uint64_t stream) {
    return at::detail::createCPUGenerator(mixed_seed(options.seed, stream));
  };
  const ProjectionHead image(options.image_head, measure_features(pairs.image, options.image_head),
                             chance(kImageHeadStream));
  const ProjectionHead text(options.text_head, measure_features(pairs.text, options.text_head),
                            chance(kTextHeadStream));
  return state_around(image.on(options.device), text.on(options.device), options);
}

}  // namespace tandem
