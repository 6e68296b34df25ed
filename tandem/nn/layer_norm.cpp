#include "tandem/nn/layer_norm.h"

#include <ATen/ops/layer_norm.h>

#include <utility>

#include "tandem/base/shape_check.h"

namespace tandem {

LayerNorm::LayerNorm(at::Tensor weight, at::Tensor bias, double epsilon)
    : weight_(std::move(weight)), bias_(std::move(bias)), epsilon_(epsilon) {
  check_shape("LayerNorm", "weight", weight_, {kAnySize});
  check_shape("LayerNorm", "bias", bias_, {weight_.size(0)});
}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  // The CPU's kernel takes rounded numbers with unrounded weights, CUDA's does not.
  const bool widens = x.is_cuda() && x.scalar_type() != weight_.scalar_type();
  const at::Tensor normed =
      at::layer_norm(widens ? x.to(weight_.scalar_type()) : x, weight_.sizes(), weight_, bias_, epsilon_);
  return widens ? normed.to(x.scalar_type()) : normed;
}

}  // namespace tandem
