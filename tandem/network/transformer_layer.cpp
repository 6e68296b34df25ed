#include "tandem/network/transformer_layer.h"

#include <ATen/TensorOperators.h>

namespace tandem {
namespace {

Attention read_attention(const ModelWeights& weights, const std::string& name, const TransformerLayerNames& names,
                         const TransformerLayerOptions& options) {
  const auto square = [&](const std::string& part) { return weights.read_linear(name + part, options.width, options.width); };
  return {square(names.query), square(names.key), square(names.value), square(names.attention_output), options.heads};
}

}  // namespace

TransformerLayer::TransformerLayer(const ModelWeights& weights, const std::string& name, const TransformerLayerNames& names,
                                   const TransformerLayerOptions& options)
    : attention_(read_attention(weights, name, names, options)),
      attention_norm_(weights.read_norm(name + names.attention_norm, options.width, options.epsilon)),
      intermediate_(weights.read_linear(name + names.intermediate, options.width, options.intermediate_width)),
      output_(weights.read_linear(name + names.output, options.intermediate_width, options.width)),
      output_norm_(weights.read_norm(name + names.output_norm, options.width, options.epsilon)),
      activation_(options.activation) {}

at::Tensor TransformerLayer::operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  const at::Tensor attended = attention_norm_(attention_(x, bias) + x);
  return output_norm_(output_(activation_(intermediate_(attended))) + attended);
}

}  // namespace tandem
