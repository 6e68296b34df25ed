#include "tandem/encoders/vit.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <utility>
#include <vector>

namespace tandem {
namespace {

PreNormLayer read_layer(const ModelWeights& weights, const std::string& name, const VisionTransformerConfig& config) {
  const std::int64_t D = config.hidden_size, F = config.intermediate_size;
  return {.attention_norm = weights.read_norm(name + ".layernorm_before", D, config.layer_norm_eps),
          .attention = read_vit_attention(weights, name + ".attention.attention",
                                          weights.read_linear(name + ".attention.output.dense", D, D), config),
          .feed_forward_norm = weights.read_norm(name + ".layernorm_after", D, config.layer_norm_eps),
          .feed_forward = {weights.read_linear(name + ".intermediate.dense", D, F),
                           weights.read_linear(name + ".output.dense", F, D), config.hidden_act}};
}

}  // namespace

LayerLinears vit_linears(const std::vector<std::string>& feed_forward) {
  const std::string attention = ".attention.attention.";
  LayerLinears names{.query = attention + "query",
                     .key = attention + "key",
                     .value = attention + "value",
                     .others = {".attention.output.dense"}};
  names.others.insert(names.others.end(), feed_forward.begin(), feed_forward.end());
  return names;
}

Attention read_vit_attention(const ModelWeights& weights, const std::string& name, Linear output,
                             const VisionTransformerConfig& config) {
  const std::int64_t D = config.hidden_size;
  Linear query_key_value =
      weights.read_stacked_linear({name + ".query", name + ".key", name + ".value"}, D, D, config.qkv_bias);
  return {std::move(query_key_value), std::move(output), config.num_attention_heads};
}

std::unique_ptr<const ImageEncoder> read_vit_like(const Json& config, const std::filesystem::path& config_path,
                                                  const ModelWeights& weights,
                                                  const std::vector<std::string>& leading_tokens) {
  const VisionTransformerConfig read = read_vision_transformer_config(config, config_path, {});
  const std::int64_t D = read.hidden_size, N = read.grid() * read.grid();
  const auto L = static_cast<std::int64_t>(leading_tokens.size());
  const at::Tensor positions = weights.read("embeddings.position_embeddings", {1, L + N, D});
  std::vector<at::Tensor> leading;
  for (const std::string& name : leading_tokens) leading.push_back(weights.read(name, {1, 1, D}));
  VisionLayers layers{
      .count = read.num_hidden_layers,
      .prefix = "encoder.layer.",
      .read = [read](const ModelWeights& from, const std::string& name) { return read_layer(from, name, read); },
      .read_final_norm =
          [read](const ModelWeights& from) {
            return from.read_norm("layernorm", read.hidden_size, read.layer_norm_eps);
          },
      .linears = vit_linears({".intermediate.dense", ".output.dense"})};
  return make_vision_transformer(
      {.image_size = read.image_size,
       .patch_size = read.patch_size,
       .patches = read_patch_embedding(weights, "embeddings.patch_embeddings.projection", read, true),
       .leading = at::cat(leading, 1) + positions.narrow(1, 0, L),
       .positions = positions.narrow(1, L, N),
       .first_norm = std::nullopt,
       .layers = std::move(layers)},
      weights);
}

std::unique_ptr<const ImageEncoder> read_vit(const Json& config, const std::filesystem::path& config_path,
                                             const WeightSource& weights) {
  constexpr const char* kClassToken = "embeddings.cls_token";
  return read_vit_like(config, config_path, ModelWeights(weights, "vit.", kClassToken), {kClassToken});
}

}  // namespace tandem
