// Whether two representations of the same items agree on nearest neighbours: mutual
// k-nearest-neighbour alignment (Huh et al. 2024, arXiv:2405.07987, section 2 and appendix A).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// The k nearest other rows of every row by cosine, [n, k] int64; between equal ones, the lower
/// row.
///
///   features  [n, D]  float32, n greater than k
at::Tensor nearest_others(const at::Tensor& features, std::int64_t k);

/// Mean share of neighbours that are in both: 1 if all agree, k / (n - 1) by chance.
///
///   a, b  [n, k]  from nearest_others
double mutual_knn(const at::Tensor& a, const at::Tensor& b);

}  // namespace tandem
