// The expensive part of every softmax loss: for each row and each column of a matrix of
// similarities, the log of the sum of exponentials. It is computed in tiles, forward and backward,
// so that the whole matrix is never stored (the idea of FlashAttention, Dao et al. 2022,
// arXiv:2205.14135, for InfoNCE).
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/losses/streaming_options.h"

namespace tandem {

/// The entries (i, j) of the matrix that are left out of the sums.
enum class PairsLeftOut {
  kNone,             ///< no entry
  kOtherOfOwn,       ///< entries with equal ids, except partners
  kOwnAndOtherOfOwn  ///< entries with equal ids, and partners
};

/// Two sides of one space. Their lengths may differ: for example one process's rows against all
/// processes' columns.
struct Sides {
  at::Tensor left;              ///< [B1, D]  float32 or float64
  at::Tensor right;             ///< [B2, D]
  at::Tensor log_scale;         ///< []       similarities are s = exp(log_scale) left right^T
  at::Tensor left_id;           ///< [B1]     int64; may be undefined if nothing is left out
  at::Tensor right_id;          ///< [B2]     int64; likewise
  std::int64_t own_column = 0;  ///< row i's partner is column own_column + i
};

struct PairLogSums {
  at::Tensor of_rows;     ///< [B1]  log sum_j exp(s_ij); -infinity if all entries are left out
  at::Tensor of_columns;  ///< [B2]  log sum_i exp(s_ij)
  at::Tensor own;         ///< [B1]  s of the partners
};

/// Differentiable in left, right and log_scale. The forward pass takes one product of B1 x D with D
/// x B2. The backward pass takes two, and one more for the tiles that did not fit into
/// options.kept_bytes. Apart from results and gradients, it needs kept_bytes, one tile, and vectors
/// of B, whatever B is. The same tiles give the same bits, whatever the number of threads.
/// Throws c10::ValueError if shapes or types do not fit, or a side is empty.
PairLogSums pair_log_sums(const Sides& sides, PairsLeftOut left_out, const StreamingOptions& options = {});

/// of_rows of a side with itself; each product is computed once for (i, j) and (j, i). Entries with
/// equal ids are left out, including (i, i).
///
///   side  [B, D]
///   id    [B]
///
/// Returns [B]. Differentiable in side and log_scale.
at::Tensor own_side_log_sums(const at::Tensor& side, const at::Tensor& log_scale, const at::Tensor& id,
                             const StreamingOptions& options = {});

}  // namespace tandem
