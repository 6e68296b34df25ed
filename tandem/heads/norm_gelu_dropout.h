// The middle of the MLP head during training: layer norm (Ba et al. 2016, arXiv:1607.06450), GELU
// (Hendrycks & Gimpel 2016, arXiv:1606.08415) and inverted dropout, in one pass over the memory
// forward and one backward. The backward pass computes what it needs again from the input, which is
// faster than writing and reading it.
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/heads/row_chance.h"

namespace tandem {

/// gelu(layer_norm(x) weight + bias), times dropout_factor(share) with the same `chance`.
///
///   x             [B, H]  float32
///   weight, bias  [H]
///   share         in [0, 1); 0 drops nothing
///
/// Returns [B, H]. Differentiable in x, weight and bias; the same bits for any number of threads.
/// GELU is accurate to 2e-7 of its argument. Devices other than the CPU use LibTorch's operators
/// one after another.
at::Tensor norm_gelu_dropout(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double share,
                             const RowChance& chance);

inline constexpr double kLayerNormEpsilon = 1e-5;

}  // namespace tandem
