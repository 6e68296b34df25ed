// Statistics of every row of one side over the whole other side: its usual similarities and its
// nearest rows.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct SideStatistics {
  at::Tensor mean;       ///< [Q] of a query's similarities to the gallery
  at::Tensor deviation;  ///< [Q], at least 1e-6
  at::Tensor log_sum;    ///< [Q] log of the sum of exp(scale * similarity)
  at::Tensor nearest;    ///< [Q, k] int64, the k nearest rows of the gallery, nearest first; equal ones by row
  at::Tensor as_near;    ///< [Q] int64: rows other than the own one that are at least as near as it (within 1e-6)
};

/// Statistics of all Q * N similarities, one tile at a time; extra memory is a few tiles.
///
///   query    [Q, D]  float32, rows of unit length
///   gallery  [N, D]  float32, rows of unit length
///   own      [Q]     int64: the row of the gallery that belongs to the query
///   scale            factor on similarity inside the softmax
///   k                all N rows if the gallery has fewer
///
/// Throws c10::ValueError if shapes differ, a value is not finite, `own` is out of range, or k < 1.
SideStatistics side_statistics(const at::Tensor& query, const at::Tensor& gallery, const at::Tensor& own, double scale,
                               std::int64_t k);

}  // namespace tandem
