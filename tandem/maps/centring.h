// Column means, and rows minus their mean, with the same bits whatever the number of threads.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Contiguous rows in the precision in which they are multiplied: float32 rows stay float32 unless
/// squares of their values would leave its range; all others become float64.
at::Tensor in_working_precision(const at::Tensor& rows);

/// [D] float64: the mean of every column of a contiguous [N, D] in float32 or float64. It is summed
/// row by row, because a library's reduction may split the rows by the number of threads.
at::Tensor column_mean(const at::Tensor& rows);

/// [D] float64: the mean of some thousand rows, spread over all of them.
at::Tensor rough_mean(const at::Tensor& rows);

/// Writes the contiguous rows minus `centre` into `centred`; all three have one type, float32 or
/// float64. Returns the column sums of `centred`, [D] float64.
at::Tensor centre_into(const at::Tensor& rows, const at::Tensor& centre, at::Tensor& centred);

/// Rows minus the mean, [N, D], contiguous: float32 for float32 rows, float64 for all others.
at::Tensor centred_on(const at::Tensor& mean, const at::Tensor& rows);

}  // namespace tandem
