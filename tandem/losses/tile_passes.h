// What is done to every entry of a tile of logits, each in one pass over memory that the cache
// still holds: exponentials with the sums of rows and columns, and what a gradient weighs.
// Vectorised loops (tile_loops.h) on the CPU, LibTorch's operators (tile_operators.h) elsewhere.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Which entries of a tile take part: all, or those whose row and column are of different groups.
struct TakingPart {
  at::Tensor row_group, column_group;  ///< [rows], [columns] int32; undefined: all take part
  std::int64_t own_column = 0;         ///< row i's own partner is column own_column + i; may lie outside the tile
  bool own_stays = false;              ///< own partners take part though they are of one group
};

/// log sum exp(s) over the entries that take part, as largest + log(sum). Over nothing: -infinity
/// and 0.
struct TileSums {
  at::Tensor row_largest, row_sum;        ///< [rows]
  at::Tensor column_largest, column_sum;  ///< [columns]
};

/// What the gradient of log-sums weighs: gradients of the logs, and the logs.
struct LogGradients {
  at::Tensor row_gradient, row_log;        ///< [rows]
  at::Tensor column_gradient, column_log;  ///< [columns]
};

// Tiles are [rows, columns], float32 or float64, contiguous; vectors beside them are contiguous and
// of the tile's type.

/// Exponentiates every entry in place, 0 where it takes no part, and writes row_sum and column_sum.
/// For logits within 60 of 0.
void plain_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums);

/// Writes -infinity where an entry takes no part, and all four vectors of `sums`. For logits of any
/// size.
void shifted_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums);

/// tile_ij = exp(tile_ij) (row_share_i + column_share_j), 0 where it takes no part. For logits
/// within 60 of 0.
void weigh_logits(const at::Tensor& tile, const TakingPart& part, const at::Tensor& row_share,
                  const at::Tensor& column_share);

/// tile_ij = tile_ij (row_share_i + column_share_j): the same for what plain_sums left behind.
void weigh_exponentials(const at::Tensor& tile, const at::Tensor& row_share, const at::Tensor& column_share);

/// tile_ij = row_gradient_i exp(tile_ij - row_log_i) + column_gradient_j exp(tile_ij -
/// column_log_j), 0 where it takes no part.
void weigh_shifted(const at::Tensor& tile, const TakingPart& part, const LogGradients& gradients);

/// The sum of log(1 + exp(tile_ij + bias)) over the entries that take part. The tile stays as it
/// is.
double softplus_sum(const at::Tensor& tile, const TakingPart& part, double bias);

/// tile_ij = weight / (1 + exp(-tile_ij - bias)), 0 where it takes no part. Returns the sum of all.
double weigh_sigmoid(const at::Tensor& tile, const TakingPart& part, double bias, double weight);

}  // namespace tandem
