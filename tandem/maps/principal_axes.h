// The axes of a covariance, in an order and with signs that do not depend on chance.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct PrincipalAxes {
  at::Tensor variance;  ///< [D] float64, falling, none negative
  at::Tensor axes;      ///< [D, D] float64, one a row, orthonormal; the entry of largest magnitude is positive
};

/// Eigenvectors of a symmetric [D, D] in float64. On one thread: LAPACK's steps depend on how many
/// it may use.
PrincipalAxes principal_axes(const at::Tensor& covariance);

/// The first k or more of them, in two thirds of the time (50 of 768), to what the rounding of
/// float32 rows lets one know of a covariance: a basis from eigenvectors in float32, then up to
/// three steps of subspace iteration in float64, until |C a - v a| of every axis a of variance v is
/// within 1e-7 of the largest variance. If three steps leave more than 1e-6, or k is a large part
/// of D, it is principal_axes that answers.
PrincipalAxes first_axes(const at::Tensor& covariance, std::int64_t k);

/// Turns every row whose entry of largest magnitude is negative: an eigenvector's sign is
/// arbitrary.
void fix_signs(at::Tensor& axes);

}  // namespace tandem
