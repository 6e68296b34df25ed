// A transformer layer that normalises before each half instead of after it (Dosovitskiy et al.
// 2021, arXiv:2010.11929, equations 2 and 3): used by the vision transformers and CLIP's text
// encoder.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "tandem/nn/attention.h"
#include "tandem/nn/feed_forward.h"
#include "tandem/nn/layer_norm.h"

namespace tandem {

struct PreNormLayer {
  LayerNorm attention_norm;
  Attention attention;
  LayerNorm feed_forward_norm;
  FeedForward feed_forward;

  ///   x     [B, T, D]
  ///   bias  as for Attention
  ///
  /// Returns [B, T, D]: y = x + attention(norm(x)), then y + feed_forward(norm(y)).
  at::Tensor operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias = std::nullopt) const;
};

}  // namespace tandem
