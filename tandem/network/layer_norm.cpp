#include "tandem/network/layer_norm.h"

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
  return at::layer_norm(x, weight_.sizes(), weight_, bias_, epsilon_);
}

}  // namespace tandem
