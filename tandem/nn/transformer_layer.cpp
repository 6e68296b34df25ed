#include "tandem/nn/transformer_layer.h"

namespace tandem {
namespace {

Attention read_attention(const ModelWeights& weights, const std::string& name, const TransformerLayerNames& names,
                         const TransformerLayerOptions& options) {
  const std::int64_t D = options.width;
  return {weights.read_stacked_linear({name + names.query, name + names.key, name + names.value}, D, D),
          weights.read_linear(name + names.attention_output, D, D), options.heads};
}

}  // namespace

TransformerLayer::TransformerLayer(const ModelWeights& weights, const std::string& name,
                                   const TransformerLayerNames& names, const TransformerLayerOptions& options)
    : attention_(read_attention(weights, name, names, options)),
      attention_norm_(weights.read_norm(name + names.attention_norm, options.width, options.epsilon)),
      feed_forward_(weights.read_linear(name + names.intermediate, options.width, options.intermediate_width),
                    weights.read_linear(name + names.output, options.intermediate_width, options.width),
                    options.activation),
      output_norm_(weights.read_norm(name + names.output_norm, options.width, options.epsilon)) {}

at::Tensor TransformerLayer::operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  const at::Tensor attended = attention_norm_(attention_.plus(x, bias, x));
  return output_norm_(feed_forward_.plus(attended, attended));
}

}  // namespace tandem
