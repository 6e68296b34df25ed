#include "tandem/encoders/clip_text.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/network/activation.h"
#include "tandem/network/layer_norm.h"
#include "tandem/network/model_weights.h"
#include "tandem/network/pre_norm_layer.h"

namespace tandem {
namespace {

class ClipText final : public TextEncoder {
 public:
  ClipText(TransformerConfig config, const ModelWeights& weights);

  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask) const override;
  std::int64_t layers() const override { return config_.num_hidden_layers; }
  std::int64_t width() const override { return config_.hidden_size; }
  std::int64_t max_tokens() const override { return config_.max_position_embeddings; }

 private:
  TransformerConfig config_;
  at::ScalarType type_;   // of the states between the layers
  at::Tensor words_;      // [vocab_size, D]
  at::Tensor positions_;  // [max_position_embeddings, D]
  std::vector<PreNormLayer> layers_;
  LayerNorm final_norm_;
};

PreNormLayer read_layer(const ModelWeights& weights, const std::string& name, const TransformerConfig& config) {
  const std::int64_t D = config.hidden_size;
  const std::string attention = name + ".self_attn.";
  return {.attention_norm = weights.read_norm(name + ".layer_norm1", D, config.layer_norm_eps),
          .attention = {weights.read_stacked_linear({attention + "q_proj", attention + "k_proj", attention + "v_proj"}, D, D),
                        weights.read_linear(attention + "out_proj", D, D), config.num_attention_heads},
          .feed_forward_norm = weights.read_norm(name + ".layer_norm2", D, config.layer_norm_eps),
          .feed_forward = {weights.read_linear(name + ".mlp.fc1", D, config.intermediate_size),
                           weights.read_linear(name + ".mlp.fc2", config.intermediate_size, D), activation_named(config.hidden_act)}};
}

ClipText::ClipText(TransformerConfig config, const ModelWeights& weights)
    : config_(std::move(config)),
      type_(scalar_type(weights.precision())),
      words_(weights.read("embeddings.token_embedding.weight", {config_.vocab_size, config_.hidden_size})),
      positions_(weights.read("embeddings.position_embedding.weight", {config_.max_position_embeddings, config_.hidden_size})),
      final_norm_(weights.read_norm("final_layer_norm", config_.hidden_size, config_.layer_norm_eps)) {
  for (std::int64_t i = 0; i < config_.num_hidden_layers; ++i) {
    layers_.push_back(read_layer(weights, "encoder.layers." + std::to_string(i), config_));
  }
}

/// Keeps attention to tokens, and among these to what does not come later. [B, 1, T, T]
at::Tensor causal_bias(const at::Tensor& mask) {
  const std::int64_t T = mask.size(1);
  const at::Tensor seen = at::ones({T, T}, mask.options()).tril_().logical_and(mask.unsqueeze(1).unsqueeze(1));
  return at::zeros(seen.sizes(), mask.options().dtype(at::kFloat))
      .masked_fill_(seen.logical_not(), std::numeric_limits<float>::lowest());
}

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

Json clip_text_fields(const Json& config, const std::filesystem::path& path) {
  Json fields = {{"vocab_size", 49408},
                 {"hidden_size", 512},
                 {"intermediate_size", 2048},
                 {"num_hidden_layers", 12},
                 {"num_attention_heads", 8},
                 {"max_position_embeddings", 77},
                 {"hidden_act", "quick_gelu"},
                 {"layer_norm_eps", 1e-5}};
  const auto take = [&](const Json& from) {
    if (!from.is_object()) throw FileError(path, "an object with the text tower's fields", json_type(from));
    fields.update(from);
  };
  if (!config.contains("text_config")) {
    take(config);
    return fields;
  }
  take(config.at("text_config"));
  // Old files say it twice, and transformers believes the second.
  if (config.contains("text_config_dict") && !config.at("text_config_dict").is_null()) take(config.at("text_config_dict"));
  return fields;
}

TransformerConfig read_clip_text_config(const Json& fields, const std::filesystem::path& path) {
  return read_transformer_config(fields, {}, path);
}

std::unique_ptr<const TextEncoder> read_clip_text(const TransformerConfig& config, const WeightSource& weights) {
  return std::make_unique<ClipText>(config, ModelWeights(weights, "text_model.", "embeddings.token_embedding.weight"));
}

}  // namespace tandem
