// Several views or tokens of one item to one vector, by learned weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "tandem/heads/head_options.h"

namespace tandem {

/// Means over views, each weighted by softmax_v(x_v . query / sqrt(W)): one head of attention with
/// learned queries, as Lee et al. 2019 (Set Transformer, arXiv:1810.00825, section 3.2) pool sets,
/// without further layers.
///
///   views    [B, V, W]
///   queries  [Q, W]     zeros: the plain mean
///   mask     [B, V]     bool, which views there are, at least one a row; without it all
/// Returns [B, Q * W]. Differentiable in views and queries.
at::Tensor attention_pooled(const at::Tensor& views, const at::Tensor& queries,
                            const std::optional<at::Tensor>& mask = std::nullopt);

/// Generalised pooling (Chen et al. 2021, arXiv:2011.04305, eq. 4) over a fixed number of views, so
/// that the weights are learned as they are and not by a recurrent network: each column's values
/// are sorted, largest first, and summed with softmax(ranks). Zeros are the mean; a large first
/// entry is the maximum. A row with fewer views has the softmax over as many first ranks.
///
///   views  [B, V, W]
///   ranks  [V or more]
///   mask   [B, V]       bool, which views there are, at least one a row; without it all
/// Returns [B, W]. Differentiable in views and ranks.
at::Tensor rank_pooled(const at::Tensor& views, const at::Tensor& ranks,
                       const std::optional<at::Tensor>& mask = std::nullopt);

/// Which vectors of the columns are tokens: those that are not all zeros. A row without any has its
/// first, a zero, so that its mean is one.
///
///   features  [B, F]  as the encoder gave them
/// Returns [B, count].
at::Tensor token_mask(const at::Tensor& features, const PooledColumns& columns);

/// The features with its mean in place of each block of tokens: what is to be compared without a
/// head.
///
///   features  [B, F]
/// Returns [B, F'], the features themselves if no block is of tokens.
at::Tensor with_tokens_averaged(const at::Tensor& features, const std::vector<PooledColumns>& pooled);

}  // namespace tandem
