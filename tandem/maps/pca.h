// Principal component analysis, for maps and as the start of t-SNE.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// The directions along which rows vary most.
struct Pca {
  at::Tensor mean;                ///< [D] float64
  at::Tensor components;          ///< [K, D] float64, orthonormal; each row's entry of largest magnitude is positive
  at::Tensor explained_variance;  ///< [K] float64, descending; variance along each component, divided by N - 1
  double total_variance = 0;      ///< of all D directions together; 0 for constant rows
};

/// The first K principal components, from the covariance and a symmetric eigensolver. The products
/// have the precision of the rows; all sums and the eigenvectors are in double. For float32 rows
/// with many columns, the first components are only as exact as the covariance of such rows
/// (first_axes).
///
///   rows  [N, D]  floating point
///   k     1 to D; directions without variance (as when N <= K, or the rows are constant) come
///         last with variance 0 (for float32 rows: up to 1e-7 of the largest, from rounding) and
///         are still orthonormal
///
/// Takes O(N D^2 + D^3) time and O(N D) memory; randomised_pca.h is faster for rows of thousands of
/// columns. The same rows give the same bits whatever the number of threads.
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
