#include "tandem/heads/projection_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/std_mean.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/shape_check.h"
#include "tandem/heads/seeded_noise.h"

namespace tandem {
namespace {

constexpr double kLayerNormEpsilon = 1e-5;
constexpr double kNormEpsilon = 1e-12;  // Keeps the zero vector finite.

struct LayerShape {
  std::string name;
  std::int64_t in;
  std::int64_t out;
};

std::string block_name(std::int64_t block) { return "block" + std::to_string(block); }

/// The linear layers of a head, in order.
std::vector<LayerShape> layer_shapes(const HeadOptions& options, std::int64_t feature_width) {
  if (options.kind == HeadKind::kLinear) return {{"out", feature_width, options.embedding_width}};
  std::vector<LayerShape> shapes = {{"in", feature_width, options.hidden_width}};
  for (std::int64_t block = 0; block < options.blocks; ++block) {
    shapes.push_back({block_name(block) + ".up", options.hidden_width, options.hidden_width});
    shapes.push_back({block_name(block) + ".down", options.hidden_width, options.hidden_width});
  }
  shapes.push_back({"out", options.hidden_width, options.embedding_width});
  return shapes;
}

/// The layer normalisations: one at the top of every block and one before the way out.
std::vector<std::string> norm_names(const HeadOptions& options) {
  std::vector<std::string> names;
  if (options.kind == HeadKind::kLinear) return names;
  for (std::int64_t block = 0; block < options.blocks; ++block) names.push_back(block_name(block) + ".norm");
  names.push_back("norm");
  return names;
}

bool is_measured(const std::string& name) { return name == "mean" || name == "deviation"; }

void check_options(const HeadOptions& options) {
  TORCH_CHECK_VALUE(options.embedding_width > 0 && options.hidden_width > 0 && options.blocks >= 0,
                    "ProjectionHead: widths must be positive and blocks not negative, got embedding_width ",
                    options.embedding_width, ", hidden_width ", options.hidden_width, ", blocks ", options.blocks);
  TORCH_CHECK_VALUE(options.dropout >= 0 && options.dropout < 1, "ProjectionHead: dropout must be in [0, 1), got ", options.dropout);
  TORCH_CHECK_VALUE(options.feature_noise >= 0, "ProjectionHead: feature_noise must not be negative, got ", options.feature_noise);
}

at::Tensor drop(const at::Tensor& x, double share, std::optional<at::Generator>& chance) {
  return chance && share > 0 ? x * dropout_factor(x.sizes(), share, *chance) : x;
}

}  // namespace

FeatureStatistics measure_features(const at::Tensor& features) {
  check_shape("measure_features", "features", features, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(features.size(0) > 0, "measure_features: features must have at least one row, got ", shape_text(features));
  check_finite("measure_features", "features", features);
  const auto [deviation, mean] = at::std_mean(features, at::IntArrayRef{0}, /*unbiased=*/false);
  // A column that hardly moves would turn rounding into signal.
  const at::Tensor usable = deviation > 1e-6 * (mean.abs() + 1e-3);
  return {.mean = mean.contiguous(), .deviation = at::where(usable, deviation, at::ones_like(deviation)).contiguous()};
}

ProjectionHead::ProjectionHead(const HeadOptions& options, FeatureStatistics statistics, at::Generator chance)
    : options_(options) {
  check_options(options);
  check_shape("ProjectionHead", "mean", statistics.mean, {kAnySize});
  check_shape("ProjectionHead", "deviation", statistics.deviation, {statistics.mean.size(0)});
  tensors_ = {{"mean", statistics.mean}, {"deviation", statistics.deviation}};
  for (const LayerShape& layer : layer_shapes(options, statistics.mean.size(0))) {
    const double bound = 1 / std::sqrt(static_cast<double>(layer.in));
    at::Tensor weight = at::empty({layer.out, layer.in}).uniform_(-bound, bound, chance);
    if (layer.name.ends_with(".down")) weight.zero_();
    tensors_.emplace_back(layer.name + ".weight", weight.requires_grad_());
    tensors_.emplace_back(layer.name + ".bias", at::zeros({layer.out}).requires_grad_());
  }
  for (const std::string& name : norm_names(options)) {
    tensors_.emplace_back(name + ".weight", at::ones({options.hidden_width}).requires_grad_());
    tensors_.emplace_back(name + ".bias", at::zeros({options.hidden_width}).requires_grad_());
  }
}

ProjectionHead::ProjectionHead(const HeadOptions& options, const NamedTensors& tensors)
    : options_(options), tensors_(tensors) {
  check_options(options);
  check_shape("ProjectionHead", "mean", tensor("mean"), {kAnySize});
  check_shape("ProjectionHead", "deviation", tensor("deviation"), {feature_width()});
  std::size_t expected = 2;
  for (const LayerShape& layer : layer_shapes(options, feature_width())) {
    check_shape("ProjectionHead", layer.name + ".weight", tensor(layer.name + ".weight"), {layer.out, layer.in});
    check_shape("ProjectionHead", layer.name + ".bias", tensor(layer.name + ".bias"), {layer.out});
    expected += 2;
  }
  for (const std::string& name : norm_names(options)) {
    check_shape("ProjectionHead", name + ".weight", tensor(name + ".weight"), {options.hidden_width});
    check_shape("ProjectionHead", name + ".bias", tensor(name + ".bias"), {options.hidden_width});
    expected += 2;
  }
  TORCH_CHECK_VALUE(tensors.size() == expected, "ProjectionHead: ", expected, " tensors were needed, got ", tensors.size());
}

at::Tensor ProjectionHead::embed(const at::Tensor& features, std::optional<at::Generator> training_chance) const {
  check_shape("ProjectionHead::embed", "features", features, {kAnySize, feature_width()});
  at::Tensor x = (features - tensor("mean")) / tensor("deviation");
  if (training_chance && options_.feature_noise > 0) {
    x = x + normal_noise(x.sizes(), options_.feature_noise, *training_chance);
  }
  if (options_.kind == HeadKind::kMlp) x = hidden_layers(x, training_chance);
  x = at::linear(x, tensor("out.weight"), tensor("out.bias"));
  return x / at::norm(x, 2, {1}, /*keepdim=*/true).clamp_min(kNormEpsilon);
}

at::Tensor ProjectionHead::hidden_layers(at::Tensor x, std::optional<at::Generator>& chance) const {
  const auto layer = [&](const std::string& name, const at::Tensor& in) {
    return at::linear(in, tensor(name + ".weight"), tensor(name + ".bias"));
  };
  const auto normalise = [&](const std::string& name, const at::Tensor& in) {
    return at::layer_norm(in, {options_.hidden_width}, tensor(name + ".weight"), tensor(name + ".bias"), kLayerNormEpsilon);
  };
  x = layer("in", x);
  for (std::int64_t block = 0; block < options_.blocks; ++block) {
    const std::string name = block_name(block);
    const at::Tensor inner = drop(at::gelu(layer(name + ".up", normalise(name + ".norm", x))), options_.dropout, chance);
    x = x + layer(name + ".down", inner);
  }
  return drop(at::gelu(normalise("norm", x)), options_.dropout, chance);
}

std::vector<at::Tensor> ProjectionHead::parameters() const {
  std::vector<at::Tensor> trainable;
  for (const auto& [name, tensor] : tensors_) {
    if (!is_measured(name)) trainable.push_back(tensor);
  }
  return trainable;
}

ProjectionHead ProjectionHead::snapshot() const {
  ProjectionHead copy = *this;
  for (auto& [name, tensor] : copy.tensors_) tensor = tensor.detach().clone();
  return copy;
}

const at::Tensor& ProjectionHead::tensor(const std::string& name) const {
  for (const auto& [key, value] : tensors_) {
    if (key == name) return value;
  }
  TORCH_CHECK_VALUE(false, "ProjectionHead: a tensor \"", name, "\" was needed, got none of that name");
}

at::Tensor embed_all(const ProjectionHead& head, const at::Tensor& features) {
  constexpr std::int64_t kRowsAtOnce = 4096;
  at::Tensor embeddings = at::empty({features.size(0), head.options().embedding_width});
  const c10::InferenceMode no_gradients;
  for (std::int64_t begin = 0; begin < features.size(0); begin += kRowsAtOnce) {
    const std::int64_t rows = std::min(kRowsAtOnce, features.size(0) - begin);
    embeddings.narrow(0, begin, rows).copy_(head.embed(features.narrow(0, begin, rows)));
  }
  return embeddings;
}

}  // namespace tandem
