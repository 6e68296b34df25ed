// Mean and deviation of each column of tall, narrow matrices.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

struct ColumnMoments {
  at::Tensor mean;       ///< [F]
  at::Tensor deviation;  ///< [F], of the population
};

/// Two passes over the rows: first the mean, then the squared differences from it, so that a large
/// mean costs no precision. Sums are float64 and rounded once. float32 rows on the CPU are summed
/// in blocks that do not depend on the number of threads, so the bits do not depend on it either.
///
///   features  [N, F]  N at least 1
///
/// Throws c10::ValueError if N is 0.
ColumnMoments column_moments(const at::Tensor& features);

}  // namespace tandem
