// Dot products of rows with their partners, to be compared with tiles of similarities.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Row i of one with row i of the other, [N] float32. They come out of matrix products, as
/// similarities of all with all do, so that both are rounded alike in whatever precision the
/// process multiplies float32 matrices: a sum of elementwise products would not be. Costs 64 times
/// the sums.
///
///   left   [N, D]  float32
///   right  [N, D]  float32
/// Throws c10::ValueError if shapes differ.
at::Tensor paired_products(const at::Tensor& left, const at::Tensor& right);

}  // namespace tandem
