#include "tandem/training/training_step.h"

#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/heads/view_pooling.h"
#include "tandem/training/cached_embedding.h"
#include "tandem/training/chance_streams.h"
#include "tandem/training/first_bad.h"
#include "tandem/training/gradient_clip.h"
#include "tandem/training/latent_mixup.h"
#include "tandem/training/logit_scale.h"
#include "tandem/training/moving_average.h"
#include "tandem/training/structure_preservation.h"

namespace tandem {
namespace {

std::string step_text(const TrainingState& state, const TrainingPairs& pairs) {
  return "step " + std::to_string(state.steps_done(pairs.batches) + 1) + " (epoch " + std::to_string(state.epoch) +
         ", batch " + std::to_string(state.batch + 1) + " of " + std::to_string(pairs.batches) + ")";
}

at::Tensor everyone(const at::Tensor& own, std::int64_t batch_rows, const Peers& peers) {
  return peers.gather_rows ? peers.gather_rows(own, batch_rows) : own;
}

std::vector<at::Tensor> head_gradients(const TrainingState& state) {
  std::vector<at::Tensor> gradients;
  for (const ProjectionHead* head : {&state.image, &state.text}) {
    for (const at::Tensor& parameter : head->parameters()) gradients.push_back(parameter.grad());
  }
  return gradients;
}

/// Half the weighted regulariser of one side, its gradient added to that of the embeddings. Large
/// batches in parts, which share no row: the matrices of neighbourhoods then stay small.
double add_structure(const at::Tensor& embeddings, const CachedEmbedding::Rows& features,
                     const StructureOptions& options) {
  constexpr std::int64_t kRowsAtOnce = 1024;
  const std::int64_t B = embeddings.size(0);
  double total = 0;
  for (std::int64_t begin = 0; begin < B; begin += kRowsAtOnce) {
    const std::int64_t rows = std::min(kRowsAtOnce, B - begin);
    const double weight = options.weight / 2 * static_cast<double>(rows) / static_cast<double>(B);
    const at::Tensor part =
        structure_difference(features(begin, rows), embeddings.narrow(0, begin, rows), options) * weight;
    part.backward();
    total += part.item<double>();
  }
  return total;
}

}  // namespace

double loss_and_gradients(TrainingState& state, const TrainingPairs& pairs, const at::Tensor& texts,
                          const TrainOptions& options, const Peers& peers) {
  const std::int64_t B = texts.size(0);
  const auto step = static_cast<std::uint64_t>(state.steps_done(pairs.batches));
  const at::Tensor images = pairs.image_of_text.index_select(0, texts);
  const Mixing mixing = draw_mixing(B, options.mixup, mixed_seed(options.seed, kMixingStream, step));
  const c10::Device device = state.image.device();
  const auto image_rows = [&](std::int64_t begin, std::int64_t count) {
    return mixing.rows_of(pairs.image, images, begin, count).to(device);
  };
  const auto text_rows = [&](std::int64_t begin, std::int64_t count) {
    return mixing.rows_of(pairs.text, texts, begin, count).to(device);
  };
  // What the encoders' own spaces say: tokens as their mean.
  const auto plain_image = [&](std::int64_t begin, std::int64_t count) {
    return with_tokens_averaged(image_rows(begin, count), state.image.options().pooled);
  };
  const auto plain_text = [&](std::int64_t begin, std::int64_t count) {
    return with_tokens_averaged(text_rows(begin, count), state.text.options().pooled);
  };
  const RowShare own = row_share(B, peers.rank, peers.count);
  CachedEmbedding image(state.image, image_rows, mixed_seed(options.seed, kImageStepStream, step), own.begin, own.rows,
                        options.chunk_size);
  CachedEmbedding text(state.text, text_rows, mixed_seed(options.seed, kTextStepStream, step), own.begin, own.rows,
                       options.chunk_size);

  const at::Tensor all_image = everyone(image.values(), B, peers).detach().requires_grad_();
  const at::Tensor all_text = everyone(text.values(), B, peers).detach().requires_grad_();
  LossExtras extras{.bias = state.bias};
  if (options.loss.kind == LossKind::kSoftTarget) {
    extras.image_features = plain_image(0, B);
    extras.text_features = plain_text(0, B);
  }
  const at::Tensor loss = contrastive_loss(
      options.loss, {.image = all_image, .text = all_text, .log_scale = state.log_scale, .image_id = images.to(device)},
      extras);
  const double value = loss.item<double>();
  TORCH_CHECK_VALUE(std::isfinite(value), "train_heads: the loss must stay finite, got ", value, " in ",
                    step_text(state, pairs), "; first to go bad: ",
                    first_bad(state,
                              {{"the features of pictures", image_rows(own.begin, own.rows)},
                               {"the features of captions", text_rows(own.begin, own.rows)}},
                              {{"the embeddings of pictures", all_image}, {"the embeddings of captions", all_text}}));
  state.optimizer.zero_grad();
  loss.backward();
  double total = value;
  if (options.structure.weight > 0) {
    total += add_structure(all_image, plain_image, options.structure);
    total += add_structure(all_text, plain_text, options.structure);
  }
  image.backward(all_image.grad().narrow(0, own.begin, own.rows));
  text.backward(all_text.grad().narrow(0, own.begin, own.rows));
  if (peers.add_up) peers.add_up(head_gradients(state));
  return total;
}

StepReport take_step(TrainingState& state, const TrainingPairs& pairs, const at::Tensor& texts,
                     const TrainOptions& options, const Peers& peers) {
  const std::int64_t done = state.steps_done(pairs.batches);
  const std::int64_t steps = pairs.batches * options.epochs;
  const double loss = loss_and_gradients(state, pairs, texts, options, peers);
  const double norm = clip_gradients(head_gradients(state), options.gradient_clip);
  TORCH_CHECK_VALUE(std::isfinite(norm), "train_heads: gradients must stay finite, got a norm of ", norm, " in ",
                    step_text(state, pairs), "; first to go bad: ", first_bad_gradient(state));
  const double learning_rate =
      options.learning_rate * learning_rate_factor(options.schedule, done, steps, options.warm_up);
  state.optimizer.step(learning_rate);
  clamp_logit_scale(state.log_scale, options.largest_scale);
  if (options.average_decay > 0) {
    update_average(*state.average_image, state.image, options.average_decay, done);
    update_average(*state.average_text, state.text, options.average_decay, done);
  }
  state.count_step(loss, learning_rate);
  return {.epoch = state.epoch,
          .step = done + 1,
          .steps = steps,
          .pairs = texts.size(0),
          .loss = loss,
          .logit_scale = state.logit_scale(),
          .learning_rate = learning_rate};
}

}  // namespace tandem
