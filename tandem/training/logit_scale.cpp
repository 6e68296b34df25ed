#include "tandem/training/logit_scale.h"

#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>

#include <cmath>

namespace tandem {

at::Tensor first_log_scale(double scale, bool learned, c10::Device device) {
  at::Tensor log_scale = at::full({}, std::log(scale), at::TensorOptions(device).dtype(at::kFloat));
  return learned ? log_scale.requires_grad_() : log_scale;
}

at::Tensor first_bias(LossKind kind, double bias, c10::Device device) {
  if (kind != LossKind::kSigLip) return {};
  return at::full({}, bias, at::TensorOptions(device).dtype(at::kFloat)).requires_grad_();
}

double logit_scale_of(const at::Tensor& log_scale) { return std::exp(log_scale.item<double>()); }

void clamp_logit_scale(at::Tensor& log_scale, double largest_scale) {
  const c10::NoGradGuard no_gradient;
  log_scale.clamp_(0, std::log(largest_scale));
}

}  // namespace tandem
