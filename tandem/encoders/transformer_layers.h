// The layers of a transformer as functions of their weights. Training uses them to continue from a
// frozen layer with weights that change, so that gradients reach these weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tandem/nn/model_weights.h"

namespace tandem {

/// The names of a layer's linear maps, without ".weight".
struct LayerLinears {
  std::string query, key, value;
  std::vector<std::string> others;  ///< the attention's output and the feed-forward half

  /// The same with the layer's own name in front.
  LayerLinears behind(const std::string& layer) const {
    LayerLinears named{.query = layer + query, .key = layer + key, .value = layer + value, .others = others};
    for (std::string& other : named.others) other.insert(0, layer);
    return named;
  }
};

/// A second interface of encoders that consist of transformer layers, besides TextEncoder or
/// ImageEncoder. Layers are numbered from 1, as in hidden_states().
class TransformerLayers {
 public:
  virtual ~TransformerLayers() = default;

  virtual std::int64_t layer_count() const = 0;

  /// The output of one layer for the states before it. What the family applies after its last layer
  /// is part of that layer.
  ///
  ///   layer    from 1 to layer_count()
  ///   x        [B, T, D]  any floating type; converted to the weights' precision
  ///   bias     attention_bias() of the batch
  ///   weights  those of the layer, with the names of stored_weights(); they may require gradients
  ///
  /// Returns [B, T, D] in the weights' precision; differentiable in x and the weights.
  virtual at::Tensor run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                               const ModelWeights& weights) const = 0;

  /// The bias on the attention scores of a batch: for captions it excludes padding, for pictures
  /// there is none.
  ///
  ///   mask  [B, T]  bool, true for a token
  virtual std::optional<at::Tensor> attention_bias(const at::Tensor& mask) const = 0;

  virtual LayerLinears linears(std::int64_t layer) const = 0;

  /// The weights that the encoder was read from.
  virtual const ModelWeights& stored_weights() const = 0;
};

/// The encoder's layers, so that training can continue from one of them; null if the encoder does
/// not consist of such layers.
template <typename Encoder>
const TransformerLayers* transformer_layers(const Encoder& encoder) {
  return dynamic_cast<const TransformerLayers*>(&encoder);
}

}  // namespace tandem
