// The input of the head's first layer during training: standardised features with noise, in one
// pass over the memory.
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/heads/row_chance.h"

namespace tandem {

/// (features - mean) / deviation + normal_noise(noise).
///
///   features         [B, F]  float32
///   mean, deviation  [F]
///   noise            deviation of the noise
///
/// Returns [B, F]. Has no gradient: for frozen features.
at::Tensor noisy_standardised(const at::Tensor& features, const at::Tensor& mean, const at::Tensor& deviation,
                              double noise, const RowChance& chance);

}  // namespace tandem
