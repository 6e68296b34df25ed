#include "tandem/encoders/dinov2.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/encoders/vit.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kDinov2ClassToken = "embeddings.cls_token";

struct Dinov2Config {
  VisionTransformerConfig common;
  bool use_swiglu_ffn = false;
};

Dinov2Config read_config(const Json& config, const Path& path, std::int64_t patch_size) {
  Dinov2Config read;
  read.common = read_vision_transformer_config(
      config, path, {.patch_size = patch_size, .intermediate_size = 0, .layer_norm_eps = 1e-6});
  read.use_swiglu_ffn = json_field_or(config, "use_swiglu_ffn", false, path);
  const auto ratio = json_field_or<double>(config, "mlp_ratio", 4, path);
  constexpr double kHighest = 64;
  if (!(ratio > 0 && ratio <= kHighest))
    throw FileError(path, "\"mlp_ratio\" above 0 and at most 64", std::to_string(ratio));
  auto wide = static_cast<std::int64_t>(static_cast<double>(read.common.hidden_size) * ratio);
  if (read.use_swiglu_ffn) wide = (wide * 2 / 3 + 7) / 8 * 8;
  if (wide < 1) throw FileError(path, "\"mlp_ratio\" that leaves a feature", std::to_string(ratio));
  read.common.intermediate_size = wide;
  return read;
}

/// A linear layer and the layer scale behind it (Touvron et al. 2021, arXiv:2103.17239, section 2)
/// as one.
Linear read_scaled(const ModelWeights& weights, const std::string& name, const std::string& scale, std::int64_t in,
                   std::int64_t out) {
  const at::Tensor factor = weights.read(scale + ".lambda1", {out}).to(at::kDouble);
  const at::Tensor weight = weights.read(name + ".weight", {out, in}).to(at::kDouble);
  return weights.linear((weight * factor.unsqueeze(1)).to(at::kFloat),
                        (weights.read(name + ".bias", {out}) * factor).to(at::kFloat));
}

FeedForward read_feed_forward(const ModelWeights& weights, const std::string& name, const Dinov2Config& config) {
  const std::int64_t D = config.common.hidden_size, F = config.common.intermediate_size;
  const std::string scale = name + ".layer_scale2";
  if (config.use_swiglu_ffn) {
    return {weights.read_linear(name + ".mlp.weights_in", D, 2 * F),
            read_scaled(weights, name + ".mlp.weights_out", scale, F, D), activation_named("silu"), Gate::kFirstHalf};
  }
  return {weights.read_linear(name + ".mlp.fc1", D, F), read_scaled(weights, name + ".mlp.fc2", scale, F, D),
          config.common.hidden_act};
}

PreNormLayer read_layer(const ModelWeights& weights, const std::string& name, const Dinov2Config& config) {
  const std::int64_t D = config.common.hidden_size;
  const double epsilon = config.common.layer_norm_eps;
  Linear output = read_scaled(weights, name + ".attention.output.dense", name + ".layer_scale1", D, D);
  return {.attention_norm = weights.read_norm(name + ".norm1", D, epsilon),
          .attention = read_vit_attention(weights, name + ".attention.attention", std::move(output), config.common),
          .feed_forward_norm = weights.read_norm(name + ".norm2", D, epsilon),
          .feed_forward = read_feed_forward(weights, name, config)};
}

std::unique_ptr<const ImageEncoder> read_with(const ModelWeights& weights, const Dinov2Config& config,
                                              std::int64_t registers, OtherSizes other_sizes) {
  const VisionTransformerConfig& common = config.common;
  const std::int64_t D = common.hidden_size, N = common.grid() * common.grid();
  const at::Tensor positions = weights.read("embeddings.position_embeddings", {1, 1 + N, D});
  // Registers have no place in the picture, and so no position.
  std::vector<at::Tensor> leading{weights.read(kDinov2ClassToken, {1, 1, D}) + positions.narrow(1, 0, 1)};
  if (registers > 0) leading.push_back(weights.read("embeddings.register_tokens", {1, registers, D}));
  const std::vector<std::string> feed_forward = config.use_swiglu_ffn
                                                    ? std::vector<std::string>{".mlp.weights_in", ".mlp.weights_out"}
                                                    : std::vector<std::string>{".mlp.fc1", ".mlp.fc2"};
  VisionLayers layers{
      .count = common.num_hidden_layers,
      .prefix = "encoder.layer.",
      .read = [config](const ModelWeights& from, const std::string& name) { return read_layer(from, name, config); },
      .read_final_norm =
          [common](const ModelWeights& from) {
            return from.read_norm("layernorm", common.hidden_size, common.layer_norm_eps);
          },
      .linears = vit_linears(feed_forward)};
  Linear patches = read_patch_embedding(weights, "embeddings.patch_embeddings.projection", common, true);
  return make_vision_transformer({.image_size = common.image_size,
                                  .patch_size = common.patch_size,
                                  .patches = std::move(patches),
                                  .leading = at::cat(leading, 1),
                                  .positions = positions.narrow(1, 1, N),
                                  .other_sizes = other_sizes,
                                  .first_norm = std::nullopt,
                                  .layers = std::move(layers)},
                                 weights);
}

}  // namespace

std::unique_ptr<const ImageEncoder> read_dinov2(const Json& config, const Path& config_path,
                                                const WeightSource& weights) {
  constexpr std::int64_t kPatch = 14;
  return read_with(ModelWeights(weights, "dinov2.", kDinov2ClassToken), read_config(config, config_path, kPatch), 0,
                   OtherSizes::kBicubic);
}

std::unique_ptr<const ImageEncoder> read_dinov2_with_registers(const Json& config, const Path& config_path,
                                                               const WeightSource& weights) {
  constexpr std::int64_t kPatch = 16, kMostRegisters = 1024;
  const auto registers = json_field_or<std::int64_t>(config, "num_register_tokens", 4, config_path);
  if (registers < 0 || registers > kMostRegisters) {
    throw FileError(config_path, "\"num_register_tokens\" from 0 to 1024", std::to_string(registers));
  }
  return read_with(ModelWeights(weights, "dinov2_with_registers.", kDinov2ClassToken),
                   read_config(config, config_path, kPatch), registers, OtherSizes::kBicubicAntialiased);
}

}  // namespace tandem
