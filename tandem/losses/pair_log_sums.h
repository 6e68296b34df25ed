// The one expensive thing in every softmax loss: for each row of a matrix of similarities, and for
// each column, the log of the sum of exponentials; computed in tiles, forward and back, so that the
// matrix never exists (the idea of FlashAttention, Dao et al. 2022, arXiv:2205.14135, for InfoNCE).
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/losses/streaming_options.h"

namespace tandem {

/// Which entries (i, j) of the matrix take part.
enum class PairsLeftOut {
  kNone,             ///< all do
  kOtherOfOwn,       ///< all but those of equal ids that are no partners
  kOwnAndOtherOfOwn  ///< all but those of equal ids, and partners
};

/// Two sides of one space. They may be of different length: one process's rows against everybody's
/// columns.
struct Sides {
  at::Tensor left;              ///< [B1, D]  float32 or float64
  at::Tensor right;             ///< [B2, D]
  at::Tensor log_scale;         ///< []       similarities are s = exp(log_scale) left right^T
  at::Tensor left_id;           ///< [B1]     int64; may be undefined where nothing is left out
  at::Tensor right_id;          ///< [B2]     int64; likewise
  std::int64_t own_column = 0;  ///< row i's partner is column own_column + i
};

struct PairLogSums {
  at::Tensor of_rows;     ///< [B1]  log sum_j exp(s_ij); -infinity where nothing takes part
  at::Tensor of_columns;  ///< [B2]  log sum_i exp(s_ij)
  at::Tensor own;         ///< [B1]  s of the partners
};

/// Differentiable in left, right and log_scale. The forward pass takes one product of B1 x D with D
/// x B2; the backward pass two, and one more for what options.kept_bytes had no room for. Beyond
/// results and gradients, memory is that and a tile, and vectors of B, whatever B is. The same
/// tiles give the same bits, whatever the number of threads.
/// Throws c10::ValueError if shapes or types do not fit, or a side is empty.
PairLogSums pair_log_sums(const Sides& sides, PairsLeftOut left_out, const StreamingOptions& options = {});

/// of_rows of one side with itself, each product taken once for (i, j) and (j, i). Entries of equal
/// ids are left out, (i, i) with them.
///
///   side  [B, D]
///   id    [B]
///
/// Differentiable in side and log_scale.
at::Tensor own_side_log_sums(const at::Tensor& side, const at::Tensor& log_scale, const at::Tensor& id,
                             const StreamingOptions& options = {});

}  // namespace tandem
