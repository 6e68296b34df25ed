// Multi-head self-attention of a frozen encoder (Vaswani et al. 2017, arXiv:1706.03762, section
// 3.2).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "tandem/nn/linear.h"

namespace tandem {

class Attention {
 public:
  /// query_key_value is 3D x D: the three one above the other, so that x is read once. output is D
  /// x D; `heads` divides D.
  Attention(Linear query_key_value, Linear output, std::int64_t heads);

  ///   x     [B, T, D]
  ///   bias  added to every score before the softmax, broadcast to [B, heads, T, T]:
  ///         padding_bias(), relative
  ///         positions, a causal mask
  ///
  /// Returns [B, T, D].
  at::Tensor operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const;

  /// The same plus `sum` [B, T, D], of the linears' type.
  at::Tensor plus(const at::Tensor& x, const std::optional<at::Tensor>& bias, const at::Tensor& sum) const;

 private:
  at::Tensor mix(const at::Tensor& x, const std::optional<at::Tensor>& bias) const;

  Linear query_key_value_, output_;
  std::int64_t heads_;
};

/// What keeps attention away from padding: [B, 1, 1, T] float32, 0 on tokens and the lowest finite
/// number on padding; nothing if every place holds a token.
///
///   mask  [B, T]  bool, true where a token is
std::optional<at::Tensor> padding_bias(const at::Tensor& mask);

}  // namespace tandem
