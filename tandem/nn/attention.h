// Multi-head self-attention of a frozen encoder (Vaswani et al. 2017, arXiv:1706.03762, section
// 3.2).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "tandem/nn/linear.h"

namespace tandem {

class Attention {
 public:
  /// query_key_value is 3D x D: the query, key and value weights stacked, so that x is read once.
  /// output is D x D. `heads` divides D.
  Attention(Linear query_key_value, Linear output, std::int64_t heads);

  ///   x     [B, T, D]
  ///   bias  added to every score before the softmax, broadcast to [B, heads, T, T]:
  ///         padding_bias(), relative positions, a causal mask
  ///
  /// Returns [B, T, D].
  at::Tensor operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const;

  /// The same plus `sum` [B, T, D], which has the type of the linears' results.
  at::Tensor plus(const at::Tensor& x, const std::optional<at::Tensor>& bias, const at::Tensor& sum) const;

 private:
  at::Tensor mix(const at::Tensor& x, const std::optional<at::Tensor>& bias) const;

  Linear query_key_value_, output_;
  std::int64_t heads_;
};

/// The bias that excludes padding from attention: [B, 1, 1, T] float32, 0 for tokens and the lowest
/// finite number for padding. Nothing if every position holds a token.
///
///   mask  [B, T]  bool, true for a token
std::optional<at::Tensor> padding_bias(const at::Tensor& mask);

}  // namespace tandem
