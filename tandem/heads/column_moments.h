// Mean and deviation of every column of tall, narrow matrices.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

struct ColumnMoments {
  at::Tensor mean;       ///< [F]
  at::Tensor deviation;  ///< [F], of the population
};

/// In two passes over the rows, sums in float64 and rounded once: first the mean, then the squares
/// of what differs from it, so that a large mean costs no digits. float32 rows of the CPU are
/// summed in blocks that do not depend on the number of threads, so neither do the bits.
///
///   features  [N, F]  N at least 1
/// Throws c10::ValueError if N is 0.
ColumnMoments column_moments(const at::Tensor& features);

}  // namespace tandem
