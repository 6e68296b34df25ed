#include "tandem/training/trainer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <torch/nn/utils/clip_grad.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>

#include "tandem/training/adamw.h"
#include "tandem/training/schedule.h"

namespace tandem {
namespace {

void check_options(const TrainOptions& options) {
  TORCH_CHECK_VALUE(options.epochs > 0, "train_heads: epochs must be positive, got ", options.epochs);
  TORCH_CHECK_VALUE(options.batch_size > 1, "train_heads: batch_size must be at least 2, got ", options.batch_size);
  TORCH_CHECK_VALUE(options.learning_rate > 0, "train_heads: learning_rate must be positive, got ", options.learning_rate);
  TORCH_CHECK_VALUE(options.weight_decay >= 0, "train_heads: weight_decay must not be negative, got ", options.weight_decay);
  TORCH_CHECK_VALUE(options.initial_scale >= 1 && options.initial_scale <= options.largest_scale,
                    "train_heads: initial_scale must be in [1, largest_scale], got ", options.initial_scale, " and ", options.largest_scale);
}

/// What stands between cosine similarities and the loss.
struct LogitParameters {
  at::Tensor log_scale, bias;  ///< bias: siglip's alone
  std::vector<at::Tensor> learned;

  explicit LogitParameters(const TrainOptions& options) : log_scale(at::full({}, std::log(options.initial_scale))) {
    if (options.learn_scale && uses_scale(options.loss.kind)) learned.push_back(log_scale.requires_grad_());
    if (options.loss.kind != LossKind::kSigLip) return;
    bias = at::full({}, options.initial_bias);
    learned.push_back(bias.requires_grad_());
  }

  double scale() const { return std::exp(log_scale.item<double>()); }
};

/// Which picture each caption is trained with.
at::Tensor training_partners(const PairedFeatures& pairs, const TrainOptions& options) {
  if (!options.shuffled) return pairs.image_of_text;
  const at::Tensor other_picture = at::tensor(derangement(pairs.image.size(0), options.seed), at::kLong);
  return other_picture.index_select(0, pairs.image_of_text);
}

}  // namespace

std::vector<std::int64_t> derangement(std::int64_t n, std::uint64_t seed) {
  TORCH_CHECK_VALUE(n >= 2, "derangement: at least two pictures were needed, got ", n);
  // One cycle through all of them in random order (Sattolo's shuffle) has no fixed point.
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 chance(seed);
  for (std::int64_t i = n - 1; i > 0; --i) std::swap(order[i], order[static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(i))]);
  return order;
}

TrainedHeads train_heads(const PairedFeatures& pairs, const TrainOptions& options, const DevQuality& quality,
                         const OnEpoch& on_epoch, const Progress& progress) {
  check_options(options);
  TORCH_CHECK_VALUE(pairs.image.size(0) >= 2, "train_heads: at least two pictures were needed, got ", pairs.image.size(0));
  at::Generator chance = at::detail::createCPUGenerator(options.seed);
  ProjectionHead image_head(options.image_head, measure_features(pairs.image), chance);
  ProjectionHead text_head(options.text_head, measure_features(pairs.text), chance);
  LogitParameters logits(options);
  std::vector<at::Tensor> parameters = image_head.parameters();
  for (const at::Tensor& parameter : text_head.parameters()) parameters.push_back(parameter);
  std::vector<at::Tensor> all_parameters = parameters;
  all_parameters.insert(all_parameters.end(), logits.learned.begin(), logits.learned.end());
  AdamW optimizer(std::move(all_parameters), {.weight_decay = options.weight_decay});

  const at::Tensor partner = training_partners(pairs, options);
  const std::int64_t texts = pairs.text.size(0);
  const std::int64_t batch_size = std::min(options.batch_size, texts);
  const std::int64_t batches = texts / batch_size;  // A last, smaller batch would be an easier question; its pairs wait.
  const std::int64_t steps = batches * options.epochs;

  std::optional<TrainedHeads> best;
  double best_quality = -1;
  std::vector<EpochReport> epochs;
  for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor order = at::randperm(texts, chance, at::TensorOptions().dtype(at::kLong));
    EpochReport report{.epoch = epoch};
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      const std::int64_t step = (epoch - 1) * batches + batch;
      report.learning_rate = options.learning_rate * cosine_with_warm_up(step, steps, options.warm_up);

      const at::Tensor rows = order.narrow(0, batch * batch_size, batch_size);
      const at::Tensor image_rows = partner.index_select(0, rows);
      const at::Tensor image_features = pairs.image.index_select(0, image_rows), text_features = pairs.text.index_select(0, rows);
      const at::Tensor image = image_head.embed(image_features, chance);
      const at::Tensor text = text_head.embed(text_features, chance);
      const at::Tensor loss = contrastive_loss(options.loss, {.image = image, .text = text, .log_scale = logits.log_scale, .image_id = image_rows},
                                               {.bias = logits.bias, .image_features = image_features, .text_features = text_features});
      const double value = loss.item<double>();
      TORCH_CHECK_VALUE(std::isfinite(value), "train_heads: the loss must stay finite, got ", value, " in epoch ", epoch, ", batch ",
                        batch + 1, " of ", batches, "; a smaller learning rate may help");
      optimizer.zero_grad();
      loss.backward();
      if (options.gradient_clip > 0) torch::nn::utils::clip_grad_norm_(parameters, options.gradient_clip);
      optimizer.step(report.learning_rate);
      {
        const at::NoGradGuard no_gradient;
        logits.log_scale.clamp_(0, std::log(options.largest_scale));
      }
      report.loss += value / static_cast<double>(batches);
      if (progress) progress(step + 1, steps);
    }
    report.logit_scale = logits.scale();
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.dev_recall = quality(image_head, text_head);
    if (report.dev_recall > best_quality) {
      best_quality = report.dev_recall;
      best = TrainedHeads{.image = image_head.snapshot(), .text = text_head.snapshot(), .logit_scale = report.logit_scale, .best_epoch = epoch, .epochs = {}};
    }
    epochs.push_back(report);
    if (on_epoch) on_epoch(report);
  }
  best->epochs = std::move(epochs);
  return *std::move(best);
}

}  // namespace tandem
