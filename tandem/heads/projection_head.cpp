#include "tandem/heads/projection_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tandem/base/shape_check.h"
#include "tandem/heads/norm_gelu_dropout.h"
#include "tandem/heads/training_input.h"
#include "tandem/heads/view_pooling.h"

namespace tandem {
namespace {

constexpr std::uint64_t kNoiseSite = 1000;  // Dropout has the sites below, one per layer.
constexpr double kNormEpsilon = 1e-12;      // Keeps the zero vector finite.

/// A tensor of a head other than those of its linear layers and norms.
struct TensorShape {
  std::string name;
  std::vector<std::int64_t> sizes;
};

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
  if (options.kind == HeadKind::kGlu) shapes.push_back({"gate", feature_width, options.hidden_width});
  for (std::int64_t block = 0; block < options.blocks; ++block) {
    shapes.push_back({block_name(block) + ".up", options.hidden_width, options.hidden_width});
    shapes.push_back({block_name(block) + ".down", options.hidden_width, options.hidden_width});
  }
  shapes.push_back({"out", options.hidden_width, options.embedding_width});
  return shapes;
}

/// The layer normalisations: one at the start of every block and one before the output.
std::vector<std::string> norm_names(const HeadOptions& options) {
  std::vector<std::string> names;
  if (options.kind == HeadKind::kLinear) return names;
  for (std::int64_t block = 0; block < options.blocks; ++block) names.push_back(block_name(block) + ".norm");
  names.push_back("norm");
  return names;
}

/// The measured statistics, which come first.
std::vector<TensorShape> statistics_shapes(const HeadOptions& options, std::int64_t feature_width) {
  if (options.scaling == FeatureScaling::kStandardise)
    return {{"mean", {feature_width}}, {"deviation", {feature_width}}};
  return {{"mean", {feature_width}}, {"whitening", {feature_width, feature_width}}};
}

bool is_measured(const std::string& name) { return name == "mean" || name == "deviation" || name == "whitening"; }

/// Columns of a pooled row.
std::int64_t pooled_width(const HeadOptions& options, std::int64_t feature_width) {
  std::int64_t width = feature_width;
  for (const PooledColumns& columns : options.pooled) {
    TORCH_CHECK_VALUE(columns.begin + columns.columns() <= feature_width, "ProjectionHead: ", columns.count, " times ",
                      columns.width, " columns from column ", columns.begin, " were needed, got ", feature_width,
                      " in all");
    width += (options.pooling == ViewPooling::kAttention ? options.queries : 1) * columns.width - columns.columns();
  }
  return width;
}

std::string pooling_tensor(const HeadOptions& options, std::size_t block) {
  return "pooling" + std::to_string(block) + (options.pooling == ViewPooling::kAttention ? ".queries" : ".ranks");
}

std::vector<TensorShape> pooling_shapes(const HeadOptions& options) {
  std::vector<TensorShape> shapes;
  for (std::size_t block = 0; block < options.pooled.size(); ++block) {
    const PooledColumns& columns = options.pooled[block];
    std::vector<std::int64_t> sizes = {columns.count};
    if (options.pooling == ViewPooling::kAttention) sizes = {options.queries, columns.width};
    shapes.push_back({pooling_tensor(options, block), sizes});
  }
  return shapes;
}

/// Every tensor of a head, in order.
std::vector<TensorShape> tensor_shapes(const HeadOptions& options, std::int64_t feature_width) {
  std::vector<TensorShape> shapes = statistics_shapes(options, feature_width);
  for (const TensorShape& shape : pooling_shapes(options)) shapes.push_back(shape);
  for (const LayerShape& layer : layer_shapes(options, pooled_width(options, feature_width))) {
    shapes.push_back({layer.name + ".weight", {layer.out, layer.in}});
    shapes.push_back({layer.name + ".bias", {layer.out}});
  }
  for (const std::string& name : norm_names(options)) {
    shapes.push_back({name + ".weight", {options.hidden_width}});
    shapes.push_back({name + ".bias", {options.hidden_width}});
  }
  return shapes;
}

/// x weight' + bias; in bf16 the product's factors, and its gradients' factors, are rounded.
at::Tensor layer_product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool bf16) {
  return bf16 ? at::linear(x.to(at::kBFloat16), weight.to(at::kBFloat16)).to(at::kFloat) + bias
              : at::linear(x, weight, bias);
}

at::Tensor drop(const at::Tensor& x, double share, const std::optional<RowChance>& chance, std::uint64_t site) {
  return chance && share > 0 ? x * dropout_factor(x.size(0), x.size(1), share, chance->at(site), x.device()) : x;
}

const at::Tensor& statistic_named(const std::string& name, const FeatureStatistics& statistics) {
  if (name == "mean") return statistics.mean;
  return name == "deviation" ? statistics.deviation : statistics.whitening;
}

}  // namespace

ProjectionHead::ProjectionHead(const HeadOptions& options, const FeatureStatistics& statistics, at::Generator chance)
    : options_(options) {
  check_head_options(options);
  check_shape("ProjectionHead", "mean", statistics.mean, {kAnySize});
  const std::int64_t F = statistics.mean.size(0);
  const auto add = [&](const std::string& name, const at::Tensor& drawn) {
    tensors_.emplace_back(name, drawn.to(statistics.mean.device()).requires_grad_());
  };
  for (const TensorShape& shape : statistics_shapes(options, F)) {
    tensors_.emplace_back(shape.name, statistic_named(shape.name, statistics));
  }
  for (const TensorShape& shape : pooling_shapes(options)) {
    at::Tensor weights = at::zeros(shape.sizes);
    if (options.pooling == ViewPooling::kAttention && options.queries > 1)
      weights.normal_(0, 1, chance);  // equal ones would stay equal
    add(shape.name, weights);
  }
  for (const LayerShape& layer : layer_shapes(options, pooled_width(options, F))) {
    const double bound = 1 / std::sqrt(static_cast<double>(layer.in));
    at::Tensor weight = at::empty({layer.out, layer.in}).uniform_(-bound, bound, chance);
    if (layer.name.ends_with(".down")) weight.zero_();
    add(layer.name + ".weight", weight);
    add(layer.name + ".bias", at::zeros({layer.out}));
  }
  for (const std::string& name : norm_names(options)) {
    add(name + ".weight", at::ones({options.hidden_width}));
    add(name + ".bias", at::zeros({options.hidden_width}));
  }
  check_tensors();
}

ProjectionHead::ProjectionHead(const HeadOptions& options, const NamedTensors& tensors)
    : options_(options), tensors_(tensors) {
  check_head_options(options);
  check_tensors();
  // The order of a new head, because an optimiser's state depends on the order.
  NamedTensors in_order;
  for (const TensorShape& shape : tensor_shapes(options_, feature_width()))
    in_order.emplace_back(shape.name, tensor(shape.name));
  tensors_ = std::move(in_order);
}

void ProjectionHead::check_tensors() const {
  check_shape("ProjectionHead", "mean", tensor("mean"), {kAnySize});
  const std::vector<TensorShape> expected = tensor_shapes(options_, feature_width());
  for (const TensorShape& shape : expected) {
    if (shape.sizes.size() == 1) {
      check_shape("ProjectionHead", shape.name, tensor(shape.name), {shape.sizes[0]});
    } else {
      check_shape("ProjectionHead", shape.name, tensor(shape.name), {shape.sizes[0], shape.sizes[1]});
    }
  }
  TORCH_CHECK_VALUE(tensors_.size() == expected.size(), "ProjectionHead: ", expected.size(),
                    " tensors were needed, got ", tensors_.size());
  std::int64_t left = feature_width();
  for (const std::int64_t width : options_.view_widths) {
    TORCH_CHECK_VALUE(width > 0 && width <= left, "ProjectionHead: views that fill ", feature_width(),
                      " columns were needed, got one of ", width, " where ", left, " were left");
    left -= width;
  }
  TORCH_CHECK_VALUE(left == 0 || options_.view_widths.empty(), "ProjectionHead: views that fill ", feature_width(),
                    " columns were needed, got ", left, " columns in none");
}

at::Tensor ProjectionHead::embed(const at::Tensor& features, std::optional<RowChance> training_chance) const {
  check_shape("ProjectionHead::embed", "features", features, {kAnySize, feature_width()});
  at::Tensor x = input(features, training_chance);
  if (options_.kind != HeadKind::kLinear) x = hidden_layers(x, training_chance);
  x = layer_product(x, tensor("out.weight"), tensor("out.bias"), training_chance && options_.bf16);
  return x / at::norm(x, 2, {1}, /*keepdim=*/true).clamp_min(kNormEpsilon);
}

at::Tensor ProjectionHead::input(const at::Tensor& features, const std::optional<RowChance>& chance) const {
  const bool noisy = chance && options_.feature_noise > 0;
  const bool whitened = options_.scaling != FeatureScaling::kStandardise;
  const bool tokens = std::any_of(options_.pooled.begin(), options_.pooled.end(),
                                  [](const PooledColumns& columns) { return columns.tokens; });
  if (noisy && !whitened && !tokens && !features.requires_grad() && features.scalar_type() == at::kFloat) {
    return pooled(noisy_standardised(features, tensor("mean"), tensor("deviation"), options_.feature_noise,
                                     chance->at(kNoiseSite)),
                  features);
  }
  const auto with_noise = [&](const at::Tensor& x) {
    return noisy ? x + normal_noise(x.size(0), x.size(1), options_.feature_noise, chance->at(kNoiseSite), x.device())
                 : x;
  };
  // With many tokens, the noise is added to the pooled vector: this costs less, and the noise does
  // not average out.
  const at::Tensor x = scaled(statistics(), features);
  return tokens ? with_noise(pooled(x, features)) : pooled(with_noise(x), features);
}

at::Tensor ProjectionHead::pooled(const at::Tensor& x, const at::Tensor& features) const {
  if (options_.pooled.empty()) return x;
  std::vector<at::Tensor> parts;
  std::int64_t done = 0;
  for (std::size_t block = 0; block < options_.pooled.size(); ++block) {
    const PooledColumns& columns = options_.pooled[block];
    if (columns.begin > done) parts.push_back(x.narrow(1, done, columns.begin - done));
    done = columns.begin + columns.columns();
    at::Tensor views = x.narrow(1, columns.begin, columns.columns()).view({x.size(0), columns.count, columns.width});
    std::optional<at::Tensor> mask;
    if (columns.tokens) mask = token_mask(features, columns);
    const at::Tensor& weights = tensor(pooling_tensor(options_, block));
    parts.push_back(options_.pooling == ViewPooling::kAttention ? attention_pooled(views, weights, mask)
                                                                : rank_pooled(views, weights, mask));
  }
  if (done < x.size(1)) parts.push_back(x.narrow(1, done, x.size(1) - done));
  return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

at::Tensor ProjectionHead::hidden_layers(at::Tensor x, const std::optional<RowChance>& chance) const {
  const auto layer = [&](const std::string& name, const at::Tensor& in) {
    return layer_product(in, tensor(name + ".weight"), tensor(name + ".bias"), chance && options_.bf16);
  };
  const auto normalise = [&](const std::string& name, const at::Tensor& in) {
    return at::layer_norm(in, {options_.hidden_width}, tensor(name + ".weight"), tensor(name + ".bias"),
                          kLayerNormEpsilon);
  };
  if (options_.kind == HeadKind::kGlu)
    return drop(normalise("norm", at::silu(layer("gate", x)) * layer("in", x)), options_.dropout, chance, 0);
  x = layer("in", x);
  for (std::int64_t block = 0; block < options_.blocks; ++block) {
    const std::string name = block_name(block);
    const at::Tensor inner = drop(at::gelu(layer(name + ".up", normalise(name + ".norm", x))), options_.dropout, chance,
                                  static_cast<std::uint64_t>(block));
    x = x + layer(name + ".down", inner);
  }
  if (chance)
    return norm_gelu_dropout(x, tensor("norm.weight"), tensor("norm.bias"), options_.dropout,
                             chance->at(static_cast<std::uint64_t>(options_.blocks)));
  return at::gelu(normalise("norm", x));
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

ProjectionHead ProjectionHead::trainable_copy() const {
  ProjectionHead copy = snapshot();
  for (auto& [name, tensor] : copy.tensors_) tensor.requires_grad_(!is_measured(name));
  return copy;
}

FeatureStatistics ProjectionHead::statistics() const {
  const bool whitened = options_.scaling != FeatureScaling::kStandardise;
  return {.mean = tensor("mean"),
          .deviation = whitened ? at::Tensor() : tensor("deviation"),
          .whitening = whitened ? tensor("whitening") : at::Tensor()};
}

ProjectionHead ProjectionHead::on(c10::Device device) const {
  ProjectionHead moved = *this;
  if (device == this->device()) return moved;
  for (auto& [name, tensor] : moved.tensors_)
    tensor = tensor.detach().to(device).requires_grad_(tensor.requires_grad());
  return moved;
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
    embeddings.narrow(0, begin, rows).copy_(head.embed(features.narrow(0, begin, rows).to(head.device())));
  }
  return embeddings;
}

}  // namespace tandem
