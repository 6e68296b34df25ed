// The nearest rows of a gallery, exactly.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct Nearest {
  at::Tensor similarity;  ///< [Q, k] float32, in descending order
  at::Tensor row;         ///< [Q, k] int64, rows of the gallery; equal similarities in the order of the rows
};

/// For every query, the k rows of the gallery with the largest dot product; all N rows if the
/// gallery has fewer than k.
///
///   query    [Q, D]  floating point; similarities are computed in float32
///   gallery  [N, D]
///
/// Takes O(N) memory per query in progress, and one comparison per similarity instead of a sort.
/// Throws c10::ValueError if widths differ, a value is not finite, N is 0 or k < 1.
Nearest top_k(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k);

}  // namespace tandem
