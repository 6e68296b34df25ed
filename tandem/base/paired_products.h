// Dot products of rows with their partners, to be compared with tiles of similarities.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// The dot product of row i of `left` with row i of `right`, [N] with the type of `left`. It is
/// computed by matrix products, as similarities of all rows with all rows are. Both are then
/// rounded alike, whatever the precision in which the process multiplies float32 matrices. A sum of
/// elementwise products would be rounded differently. Costs 64 times as much as such sums.
///
///   left   [N, D]  float32
///   right  [N, D]  float32
///
/// Throws c10::ValueError if the shapes differ.
at::Tensor paired_products(const at::Tensor& left, const at::Tensor& right);

}  // namespace tandem
