// The means of columns and what is left of rows without them, the same bits however many threads
// there are.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Contiguous rows in the precision their products are taken in: float32 rows stay as they are
/// unless squares of their values would leave its range; all others become float64.
at::Tensor in_working_precision(const at::Tensor& rows);

/// [D] float64: the mean of every column of a contiguous [N, D] in float32 or float64, summed row
/// by row (a library's reduction may split the rows by the number of threads).
at::Tensor column_mean(const at::Tensor& rows);

/// [D] float64: the mean of some thousand of the rows, spread over all of them.
at::Tensor rough_mean(const at::Tensor& rows);

/// Puts contiguous rows less `centre` into `centred`, all three of one type and float32 or float64;
/// returns the sums of its columns, [D] float64.
at::Tensor centre_into(const at::Tensor& rows, const at::Tensor& centre, at::Tensor& centred);

/// [N, D] float32 of float32 rows, float64 of all others: rows less the mean, contiguous.
at::Tensor centred_on(const at::Tensor& mean, const at::Tensor& rows);

}  // namespace tandem
