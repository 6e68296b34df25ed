// The means of columns and what is left of rows without them, the same bits however many threads there are.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Contiguous rows in the precision their products are taken in: float32 rows stay as they are unless squares of their values
/// would leave its range; all others become float64.
at::Tensor in_working_precision(const at::Tensor& rows);

/// [D] float64: the mean of every column of a contiguous [N, D] in float32 or float64, summed row by row (a library's
/// reduction may split the rows by the number of threads).
at::Tensor column_mean(const at::Tensor& rows);

/// [N, D] float32 of float32 rows, float64 of all others: rows less the mean, contiguous.
at::Tensor centred_on(const at::Tensor& mean, const at::Tensor& rows);

}  // namespace tandem
