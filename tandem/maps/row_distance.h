// Distances between two rows, computed from their differences.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// Sum over d of (a_d - b_d)^2, in float32.
float squared_distance(const float* a, const float* b, std::int64_t width);

/// [N] float32: squared length of every row of a contiguous [N, D] float32.
at::Tensor squared_lengths(const at::Tensor& rows);

/// Rows minus the first row, scaled to [-1, 1]. Neither step changes which rows are near each
/// other, and fp32 then has its full precision for huge and tiny rows alike.
///
///   rows  [N, D]  floating point
///
/// Returns [N, D] float32, contiguous.
at::Tensor scaled_for_distances(const at::Tensor& rows);

}  // namespace tandem
