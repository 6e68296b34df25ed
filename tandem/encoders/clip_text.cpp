#include "tandem/encoders/clip_text.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/nn/activation.h"
#include "tandem/nn/layer_norm.h"
#include "tandem/nn/model_weights.h"
#include "tandem/nn/pre_norm_layer.h"

namespace tandem {
namespace {

class ClipText final : public TextEncoder, public TransformerLayers {
 public:
  ClipText(ClipTextConfig config, ModelWeights weights);

  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask) const override;
  std::int64_t layers() const override { return config_.num_hidden_layers; }
  std::int64_t width() const override { return config_.hidden_size; }
  std::int64_t max_tokens() const override { return config_.max_position_embeddings; }
  std::int64_t end_place(const std::vector<std::int64_t>& ids) const override;

  std::int64_t layer_count() const override { return config_.num_hidden_layers; }
  at::Tensor run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                       const ModelWeights& weights) const override;
  std::optional<at::Tensor> attention_bias(const at::Tensor& mask) const override;
  LayerLinears linears(std::int64_t layer) const override;
  const ModelWeights& stored_weights() const override { return weights_; }

 private:
  ClipTextConfig config_;
  ModelWeights weights_;
  at::ScalarType type_;   // of the states between the layers
  at::Tensor words_;      // [vocab_size, D]
  at::Tensor positions_;  // [max_position_embeddings, D]
  std::vector<PreNormLayer> layers_;
  LayerNorm final_norm_;
};

std::string layer_name(std::int64_t layer) { return "encoder.layers." + std::to_string(layer - 1); }

LayerNorm read_final_norm(const ModelWeights& weights, const TransformerConfig& config) {
  return weights.read_norm("final_layer_norm", config.hidden_size, config.layer_norm_eps);
}

PreNormLayer read_layer(const ModelWeights& weights, const std::string& name, const TransformerConfig& config) {
  const std::int64_t D = config.hidden_size;
  const std::string attention = name + ".self_attn.";
  return {.attention_norm = weights.read_norm(name + ".layer_norm1", D, config.layer_norm_eps),
          .attention = {weights.read_stacked_linear({attention + "q_proj", attention + "k_proj", attention + "v_proj"},
                                                    D, D),
                        weights.read_linear(attention + "out_proj", D, D), config.num_attention_heads},
          .feed_forward_norm = weights.read_norm(name + ".layer_norm2", D, config.layer_norm_eps),
          .feed_forward = {weights.read_linear(name + ".mlp.fc1", D, config.intermediate_size),
                           weights.read_linear(name + ".mlp.fc2", config.intermediate_size, D),
                           activation_named(config.hidden_act)}};
}

ClipText::ClipText(ClipTextConfig config, ModelWeights weights)
    : config_(std::move(config)),
      weights_(std::move(weights)),
      type_(scalar_type(weights_.precision())),
      words_(weights_.read("embeddings.token_embedding.weight", {config_.vocab_size, config_.hidden_size})),
      positions_(weights_.read("embeddings.position_embedding.weight",
                               {config_.max_position_embeddings, config_.hidden_size})),
      final_norm_(read_final_norm(weights_, config_)) {
  for (std::int64_t layer = 1; layer <= config_.num_hidden_layers; ++layer) {
    layers_.push_back(read_layer(weights_, layer_name(layer), config_));
  }
}

at::Tensor ClipText::run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                               const ModelWeights& weights) const {
  const at::Tensor y = read_layer(weights, layer_name(layer), config_)(x.to(scalar_type(weights.precision())), bias);
  return layer == layer_count() ? read_final_norm(weights, config_)(y) : y;
}

LayerLinears ClipText::linears(std::int64_t layer) const { return clip_linears().behind(layer_name(layer)); }

/// Restricts attention to tokens that are not later than the query. [B, 1, T, T]
at::Tensor causal_bias(const at::Tensor& mask) {
  const std::int64_t T = mask.size(1);
  const at::Tensor seen = at::ones({T, T}, mask.options()).tril_().logical_and(mask.unsqueeze(1).unsqueeze(1));
  return at::zeros(seen.sizes(), mask.options().dtype(at::kFloat))
      .masked_fill_(seen.logical_not(), std::numeric_limits<float>::lowest());
}

std::int64_t ClipText::end_place(const std::vector<std::int64_t>& ids) const {
  constexpr std::int64_t kOfOldFiles = 2;
  if (config_.eos_token_id == kOfOldFiles) return std::max_element(ids.begin(), ids.end()) - ids.begin();
  const auto end = std::find(ids.begin(), ids.end(), config_.eos_token_id);
  return end == ids.end() ? 0 : end - ids.begin();  // as in transformers, where it is the argmax of zeros
}

std::optional<at::Tensor> ClipText::attention_bias(const at::Tensor& mask) const { return causal_bias(mask); }

std::vector<at::Tensor> ClipText::hidden_states(const at::Tensor& ids, const at::Tensor& mask) const {
  check_token_batch(ids, mask, config_.vocab_size, max_tokens());
  std::vector<at::Tensor> states{(at::embedding(words_, ids) + positions_.narrow(0, 0, ids.size(1))).to(type_)};
  if (ids.numel() == 0) {
    states.resize(layers_.size() + 1, states.front());
    return states;
  }
  const at::Tensor bias = causal_bias(mask);
  for (const PreNormLayer& layer : layers_) states.push_back(layer(states.back(), bias));
  states.back() = final_norm_(states.back());
  for (at::Tensor& state : states) state = state.to(at::kFloat);
  return states;
}

}  // namespace

LayerLinears clip_linears() {
  return {.query = ".self_attn.q_proj",
          .key = ".self_attn.k_proj",
          .value = ".self_attn.v_proj",
          .others = {".self_attn.out_proj", ".mlp.fc1", ".mlp.fc2"}};
}

Json clip_half(const Json& config, const char* half, Json defaults, const std::filesystem::path& path) {
  const auto take = [&](const Json& from) {
    if (!from.is_object()) return from;
    defaults.update(from);
    return defaults;
  };
  const auto model_type = json_field_or<std::string>(config, "model_type", "", path);
  if (model_type != "clip") return take(config);
  const std::string twice = std::string(half) + "_dict";
  if (config.contains(twice) && !config.at(twice).is_null()) return take(config.at(twice));
  return take(json_field_or<Json>(config, half, Json::object(), path));
}

Json clip_text_fields(const Json& config, const std::filesystem::path& path) {
  const Json defaults = {{"vocab_size", 49408},        {"hidden_size", 512},       {"intermediate_size", 2048},
                         {"num_hidden_layers", 12},    {"num_attention_heads", 8}, {"max_position_embeddings", 77},
                         {"hidden_act", "quick_gelu"}, {"layer_norm_eps", 1e-5},   {"eos_token_id", 49407}};
  const Json fields = clip_half(config, "text_config", defaults, path);
  if (!fields.is_object()) throw FileError(path, "an object with the text tower's fields", json_type(fields));
  return fields;
}

ClipTextConfig read_clip_text_config(const Json& fields, const std::filesystem::path& path) {
  ClipTextConfig read{read_transformer_config(fields, {}, path)};
  read.eos_token_id = json_integer(fields, "eos_token_id", 0, read.vocab_size - 1, path);
  return read;
}

std::unique_ptr<const TextEncoder> read_clip_text(const ClipTextConfig& config, const WeightSource& weights) {
  return std::make_unique<ClipText>(config, ModelWeights(weights, "text_model.", "embeddings.token_embedding.weight"));
}

}  // namespace tandem
