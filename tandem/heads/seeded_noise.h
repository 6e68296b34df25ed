// Random tensors for training, made by all threads at once and the same however many there are.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace tandem {

/// [sizes] float32, each value drawn from the normal distribution of mean 0 and the given deviation.
at::Tensor normal_noise(at::IntArrayRef sizes, double deviation, at::Generator& chance);

/// [sizes] float32, each value 0 with probability `share` and 1 / (1 - share) otherwise: inverted dropout
/// (Srivastava et al. 2014, JMLR 15, section 10) as a factor. 0 <= share < 1.
at::Tensor dropout_factor(at::IntArrayRef sizes, double share, at::Generator& chance);

}  // namespace tandem
