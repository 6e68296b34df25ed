// Principal component analysis, for maps and as the start of t-SNE.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// The directions along which rows vary most.
struct Pca {
  at::Tensor mean;                ///< [D] float64
  at::Tensor components;          ///< [K, D] float64, orthonormal; each row's entry of largest magnitude is positive
  at::Tensor explained_variance;  ///< [K] float64, falling; variance along each component, divided by N - 1
  double total_variance = 0;      ///< of all D directions together; 0 for constant rows
};

/// The first K principal components, from the covariance and a symmetric eigensolver. The products
/// are taken in the precision of the rows, all sums and the eigenvectors in double; of float32
/// rows, the first few components of many columns are made as exact as these rows' covariance is
/// (first_axes), not more.
///
///   rows  [N, D]  floating point
///   k     1 to D; directions in which nothing varies (as when N <= K, or the rows are constant)
///         come last with
///         variance 0 (of float32 rows: rounding's 1e-7 of the largest) and are still orthonormal
///
/// Takes O(N D^2 + D^3) time and O(N D) memory; randomised_pca.h is quicker for rows of thousands
/// of columns. The same rows give the same bits, however many threads there are.
/// Throws c10::ValueError if rows is not [N, D] with N >= 1, holds NaN or infinity, or k is out of
/// range.
Pca fit_pca(const at::Tensor& rows, std::int64_t k);

/// Coordinates of rows along the components.
///
///   rows  [N, D]  floating point
///
/// Returns [N, K] in float32. Throws c10::ValueError if the widths differ.
at::Tensor project(const Pca& pca, const at::Tensor& rows);

}  // namespace tandem
