// The nearest rows to every row, exactly.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct Neighbours {
  at::Tensor row;               ///< [N, k] int64, never the row itself
  at::Tensor squared_distance;  ///< [N, k] float32, ascending; equal distances in the order of the rows
};

/// Finds the k nearest other rows of every row by Euclidean distance.
///
///   rows  [N, D]  float32
///   k     1 to N - 1
///
/// Candidates come from a matrix product in tiles; every pair is multiplied once. Their distances
/// are then computed from the differences, so nearby rows far from the origin keep their precision.
/// Takes O(N^2 D) time, a few tiles of memory, and about 32 to 64 k bytes per row.
/// Throws c10::ValueError if rows is not [N, D] in float32, holds NaN or infinity, or k is out of
/// range.
Neighbours nearest_neighbours(const at::Tensor& rows, std::int64_t k);

/// The same for rows outside the set: the k nearest of `rows` to every query.
///
///   queries  [M, D]  float32
///   rows     [N, D]  float32
///   k        1 to N
///
/// Returns [M, k] of each. Throws as nearest_neighbours does.
Neighbours nearest_rows(const at::Tensor& queries, const at::Tensor& rows, std::int64_t k);

}  // namespace tandem
