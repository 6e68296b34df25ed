// The axes of a covariance, with a deterministic order and deterministic signs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct PrincipalAxes {
  at::Tensor variance;  ///< [D] float64, descending, none negative
  at::Tensor axes;      ///< [D, D] float64, one per row, orthonormal; the entry of largest magnitude is positive
};

/// Eigenvectors of a symmetric [D, D] in float64. Runs on one thread, because LAPACK's steps depend
/// on the number of threads.
PrincipalAxes principal_axes(const at::Tensor& covariance);

/// The first k or more of them, in two thirds of the time (50 of 768), as exactly as the rounding
/// of float32 rows determines a covariance. Takes a basis from eigenvectors in float32, then up to
/// three steps of subspace iteration in float64, until |C a - v a| of every axis a with variance v
/// is within 1e-7 of the largest variance. If three steps leave more than 1e-6, or k is a large
/// part of D, the result is that of principal_axes.
PrincipalAxes first_axes(const at::Tensor& covariance, std::int64_t k);

/// Negates every row whose entry of largest magnitude is negative: the sign of an eigenvector is
/// arbitrary.
void fix_signs(at::Tensor& axes);

}  // namespace tandem
