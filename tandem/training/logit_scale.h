// The logit scale: the factor on cosine similarities before the softmax or sigmoid, the inverse of
// the temperature. It is learned as its natural log (Radford et al. 2021, arXiv:2103.00020, section
// 2.5), beside the bias of the sigmoid loss.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include "tandem/losses/contrastive_loss.h"

namespace tandem {

/// The natural log of `scale`, [] float32; it requires gradients if it is `learned`.
at::Tensor first_log_scale(double scale, bool learned, c10::Device device);

/// The bias on every logit, [] float32, which requires gradients; undefined for losses other than
/// siglip.
at::Tensor first_bias(LossKind kind, double bias, c10::Device device);

/// The logit scale itself, 1 / temperature.
double logit_scale_of(const at::Tensor& log_scale);

/// Clamps the logit scale to [1, largest_scale], in place and without a gradient; the temperature
/// is then within [1 / largest_scale, 1].
void clamp_logit_scale(at::Tensor& log_scale, double largest_scale);

}  // namespace tandem
