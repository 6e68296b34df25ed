// Features without their mean. Frozen encoders place all items in a narrow region of their space,
// so items differ only in what remains without the mean.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Rows minus their mean, scaled to unit length; a row that equals the mean becomes zero.
///
///   features  [N, F] float32
///
/// Returns [N, F].
at::Tensor centred_unit(const at::Tensor& features);

}  // namespace tandem
