// Distances between two rows, from the differences themselves.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// Sum over d of (a_d - b_d)^2, in float32.
float squared_distance(const float* a, const float* b, std::int64_t width);

/// [N] float32: squared length of every row of a contiguous [N, D] float32.
at::Tensor squared_lengths(const at::Tensor& rows);

/// Rows centred on the first one and scaled to [-1, 1]: which rows are near which does not depend
/// on either, and fp32 then has its digits where they count, however huge or tiny the rows.
///
///   rows  [N, D]  floating point
///
/// Returns [N, D] float32, contiguous.
at::Tensor scaled_for_distances(const at::Tensor& rows);

}  // namespace tandem
