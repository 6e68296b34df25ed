// The layers of a transformer as functions of their weights: what goes on from a frozen layer with
// weights that training changes, so that gradients reach them.
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

  /// The same behind the layer's own name.
  LayerLinears behind(const std::string& layer) const {
    LayerLinears named{.query = layer + query, .key = layer + key, .value = layer + value, .others = others};
    for (std::string& other : named.others) other.insert(0, layer);
    return named;
  }
};

/// What encoders of transformer layers are beside a TextEncoder or an ImageEncoder. Layers count
/// from 1, as in hidden_states().
class TransformerLayers {
 public:
  virtual ~TransformerLayers() = default;

  virtual std::int64_t layer_count() const = 0;

  /// What the layer makes of the states before it; what the family applies behind its last layer is
  /// part of that layer.
  ///
  ///   layer    from 1 to layer_count()
  ///   x        [B, T, D]  of any floating type; it is converted to the weights' precision
  ///   bias     attention_bias() of the batch
  ///   weights  those of the layer, under the names of stored_weights(); they may require gradients
  ///
  /// Returns [B, T, D] of the weights' precision; differentiable in x and the weights.
  virtual at::Tensor run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                               const ModelWeights& weights) const = 0;

  /// What is added to the scores of a batch's attention: over captions what keeps it off padding,
  /// over pictures nothing.
  ///
  ///   mask  [B, T]  bool, true where a token is
  virtual std::optional<at::Tensor> attention_bias(const at::Tensor& mask) const = 0;

  virtual LayerLinears linears(std::int64_t layer) const = 0;

  /// The weights the encoder was read from.
  virtual const ModelWeights& stored_weights() const = 0;
};

/// The encoder's layers, for training to go on from one of them; null if it is not made of such.
template <typename Encoder>
const TransformerLayers* transformer_layers(const Encoder& encoder) {
  return dynamic_cast<const TransformerLayers*>(&encoder);
}

}  // namespace tandem
