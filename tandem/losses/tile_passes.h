// Passes over the entries of a tile of logits, each in one pass over memory that is still in the
// cache: exponentials with the sums of rows and columns, and the weights of a gradient. Vectorised
// loops (tile_loops.h) on the CPU, LibTorch's operators (tile_operators.h) elsewhere.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// The entries of a tile that take part: all, or those whose row and column belong to different
/// groups.
struct TakingPart {
  at::Tensor row_group, column_group;  ///< [rows], [columns] int32; undefined: all take part
  std::int64_t own_column = 0;         ///< row i's own partner is column own_column + i; may lie outside the tile
  bool own_stays = false;              ///< own partners take part although they belong to one group
};

/// log sum exp(s) over the entries that take part, as largest + log(sum). If none takes part:
/// -infinity and 0.
struct TileSums {
  at::Tensor row_largest, row_sum;        ///< [rows]
  at::Tensor column_largest, column_sum;  ///< [columns]
};

/// The inputs for the gradient of log-sums: gradients of the logs, and the logs.
struct LogGradients {
  at::Tensor row_gradient, row_log;        ///< [rows]
  at::Tensor column_gradient, column_log;  ///< [columns]
};

// Tiles are [rows, columns], float32 or float64, contiguous; the vectors are contiguous and of the
// tile's type.

/// Replaces every entry by its exponential, or by 0 if it takes no part, and writes row_sum and
/// column_sum. For logits within 60 of 0.
void plain_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums);

/// Writes -infinity to every entry that takes no part, and fills all four vectors of `sums`. For
/// logits of any size.
void shifted_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums);

/// tile_ij = exp(tile_ij) (row_share_i + column_share_j), 0 if the entry takes no part. For logits
/// within 60 of 0.
void weigh_logits(const at::Tensor& tile, const TakingPart& part, const at::Tensor& row_share,
                  const at::Tensor& column_share);

/// tile_ij = tile_ij (row_share_i + column_share_j): the same for the result of plain_sums.
void weigh_exponentials(const at::Tensor& tile, const at::Tensor& row_share, const at::Tensor& column_share);

/// tile_ij = row_gradient_i exp(tile_ij - row_log_i) + column_gradient_j exp(tile_ij -
/// column_log_j), 0 if the entry takes no part.
void weigh_shifted(const at::Tensor& tile, const TakingPart& part, const LogGradients& gradients);

/// The sum of log(1 + exp(tile_ij + bias)) over the entries that take part. The tile is unchanged.
double softplus_sum(const at::Tensor& tile, const TakingPart& part, double bias);

/// tile_ij = weight / (1 + exp(-tile_ij - bias)), 0 if the entry takes no part. Returns the sum of
/// all entries.
double weigh_sigmoid(const at::Tensor& tile, const TakingPart& part, double bias, double weight);

}  // namespace tandem
