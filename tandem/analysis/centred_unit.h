// Frozen encoders put everything into one corner of their space; what tells rows apart is what is
// left without the mean.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Rows minus their mean, at unit length (a row that equals the mean stays at nothing).
///
///   features  [N, F] float32
at::Tensor centred_unit(const at::Tensor& features);

}  // namespace tandem
