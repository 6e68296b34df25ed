#include "tandem/training/gradient_clip.h"

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

namespace tandem {

double clip_gradients(const std::vector<at::Tensor>& gradients, double largest) {
  const at::NoGradGuard no_gradient;
  const double norm = at::stack(at::_foreach_norm(gradients, 2)).norm().item<double>();
  if (largest > 0 && norm > largest) at::_foreach_mul_(gradients, largest / (norm + 1e-6));
  return norm;
}

}  // namespace tandem
