// A transformer layer of a frozen encoder with its norms after the sums (Vaswani et al. 2017,
// arXiv:1706.03762, section 3.1; as in BERT): x = norm(x + attention(x)), x = norm(x + wide(x)).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "tandem/nn/activation.h"
#include "tandem/nn/attention.h"
#include "tandem/nn/feed_forward.h"
#include "tandem/nn/layer_norm.h"
#include "tandem/nn/model_weights.h"

namespace tandem {

/// A family's names for the parts of a layer, after the layer's own name: "attention.self.query".
struct TransformerLayerNames {
  std::string query, key, value, attention_output, attention_norm;
  std::string intermediate, output, output_norm;
};

struct TransformerLayerOptions {
  std::int64_t width = 0;
  std::int64_t intermediate_width = 0;
  std::int64_t heads = 0;  ///< divides the width
  double epsilon = 0;      ///< of the norms
  Activation activation = {};
};

class TransformerLayer {
 public:
  /// Reads the weights whose names begin with `name` ("encoder.layer.0."). Throws FileError if one
  /// is missing or has another shape.
  TransformerLayer(const ModelWeights& weights, const std::string& name, const TransformerLayerNames& names,
                   const TransformerLayerOptions& options);

  ///   x     [B, T, D]
  ///   bias  as for Attention
  ///
  /// Returns [B, T, D].
  at::Tensor operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const;

 private:
  Attention attention_;
  LayerNorm attention_norm_;
  FeedForward feed_forward_;
  LayerNorm output_norm_;
};

}  // namespace tandem
