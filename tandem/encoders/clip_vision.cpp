#include "tandem/encoders/clip_vision.h"

#include <ATen/TensorOperators.h>

#include <string>
#include <utility>
#include <vector>

#include "tandem/encoders/clip_text.h"
#include "tandem/encoders/vision_transformer.h"

namespace tandem {
namespace {

constexpr const char* kClassToken = "embeddings.class_embedding";

PreNormLayer read_layer(const ModelWeights& weights, const std::string& name, const VisionTransformerConfig& config) {
  const std::int64_t D = config.hidden_size, F = config.intermediate_size;
  const std::string attention = name + ".self_attn.";
  return {.attention_norm = weights.read_norm(name + ".layer_norm1", D, config.layer_norm_eps),
          .attention = {weights.read_stacked_linear({attention + "q_proj", attention + "k_proj", attention + "v_proj"},
                                                    D, D),
                        weights.read_linear(attention + "out_proj", D, D), config.num_attention_heads},
          .feed_forward_norm = weights.read_norm(name + ".layer_norm2", D, config.layer_norm_eps),
          .feed_forward = {weights.read_linear(name + ".mlp.fc1", D, F), weights.read_linear(name + ".mlp.fc2", F, D),
                           config.hidden_act}};
}

}  // namespace

std::unique_ptr<const ImageEncoder> read_clip_vision(const Json& config, const std::filesystem::path& config_path,
                                                     const WeightSource& weight_source) {
  const Json half = clip_half(config, "vision_config", Json::object(), config_path);
  const VisionTransformerConfig read =
      read_vision_transformer_config(half, config_path, {.patch_size = 32, .layer_norm_eps = 1e-5}, "quick_gelu");
  const ModelWeights weights(weight_source, "vision_model.", kClassToken);
  const std::int64_t D = read.hidden_size, N = read.grid() * read.grid();
  const at::Tensor positions = weights.read("embeddings.position_embedding.weight", {1 + N, D}).unsqueeze(0);
  VisionLayers layers{
      .count = read.num_hidden_layers,
      .prefix = "encoder.layers.",
      .read = [read](const ModelWeights& from, const std::string& name) { return read_layer(from, name, read); },
      .read_final_norm =
          [read](const ModelWeights& from) {
            return from.read_norm("post_layernorm", read.hidden_size, read.layer_norm_eps);
          },
      .linears = clip_linears()};
  return make_vision_transformer({.image_size = read.image_size,
                                  .patch_size = read.patch_size,
                                  .patches = read_patch_embedding(weights, "embeddings.patch_embedding", read, false),
                                  .leading = weights.read(kClassToken, {D}) + positions.narrow(1, 0, 1),
                                  .positions = positions.narrow(1, 1, N),
                                  // "layrnorm" is how the checkpoints spell it.
                                  .first_norm = weights.read_norm("pre_layrnorm", D, read.layer_norm_eps),
                                  .layers = std::move(layers),
                                  .norm_reach = FinalNorm::kClassToken},
                                 weights);
}

}  // namespace tandem
