// Pools several views or tokens of one item into one vector, with learned weights.
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
///   mask     [B, V]     bool, which views exist, at least one per row; without it all
///
/// Returns [B, Q * W]. Differentiable in views and queries.
at::Tensor attention_pooled(const at::Tensor& views, const at::Tensor& queries,
                            const std::optional<at::Tensor>& mask = std::nullopt);

/// Generalised pooling (Chen et al. 2021, arXiv:2011.04305, eq. 4) over a fixed number of views, so
/// that the weights are learned directly and not by a recurrent network. Each column's values are
/// sorted, largest first, and summed with the weights softmax(ranks). All zeros give the mean; a
/// large first entry gives the maximum. A row with n views uses the softmax over the first n ranks.
///
///   views  [B, V, W]
///   ranks  [V or more]
///   mask   [B, V]       bool, which views exist, at least one per row; without it all
///
/// Returns [B, W]. Differentiable in views and ranks.
at::Tensor rank_pooled(const at::Tensor& views, const at::Tensor& ranks,
                       const std::optional<at::Tensor>& mask = std::nullopt);

/// Which vectors of the columns are tokens: those that are not all zeros. In a row without any, the
/// first vector counts as one, so that the row's mean is defined (zero).
///
///   features  [B, F]  as from the encoder
///
/// Returns [B, count], bool.
at::Tensor token_mask(const at::Tensor& features, const PooledColumns& columns);

/// The features with each block of tokens replaced by the mean of its tokens: for comparisons
/// without a head.
///
///   features  [B, F]
///
/// Returns [B, F'], the features themselves if no block holds tokens.
at::Tensor with_tokens_averaged(const at::Tensor& features, const std::vector<PooledColumns>& pooled);

}  // namespace tandem
