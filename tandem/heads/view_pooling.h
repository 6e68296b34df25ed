// Several views of one item to one vector, by learned weights.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// A mean over views, weighted by softmax_v(x_v . query / sqrt(W)).
///
///   views  [B, V, W]
///   query  [W]        zeros: the plain mean
/// Returns [B, W]. Differentiable in both.
at::Tensor attention_pooled(const at::Tensor& views, const at::Tensor& query);

/// Generalised pooling (Chen et al. 2021, arXiv:2011.04305, eq. 4) over a fixed number of views, so that the weights are
/// learned as they are and not by a recurrent network: each column's values are sorted, largest first, and summed with softmax(ranks).
/// Zeros are the mean; a large first entry is the maximum.
///
///   views  [B, V, W]
///   ranks  [V]
/// Returns [B, W]. Differentiable in both.
at::Tensor rank_pooled(const at::Tensor& views, const at::Tensor& ranks);

}  // namespace tandem
