// The axes of a covariance, in an order and with signs that do not depend on chance.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

struct PrincipalAxes {
  at::Tensor variance;  ///< [D] float64, falling, none negative
  at::Tensor axes;      ///< [D, D] float64, one a row, orthonormal; the entry of largest magnitude is positive
};

/// Eigenvectors of a symmetric [D, D] in float64. On one thread: LAPACK's steps depend on how many it may use.
PrincipalAxes principal_axes(const at::Tensor& covariance);

/// Turns every row whose entry of largest magnitude is negative: an eigenvector's sign is arbitrary.
void fix_signs(at::Tensor& axes);

}  // namespace tandem
