#include "tandem/network/linear.h"

#include <ATen/ops/linear.h>

#include <utility>

#include "tandem/base/shape_check.h"

namespace tandem {

Linear::Linear(at::Tensor weight, at::Tensor bias) : weight_(std::move(weight)), bias_(std::move(bias)) {
  check_shape("Linear", "weight", weight_, {kAnySize, kAnySize});
  check_shape("Linear", "bias", bias_, {weight_.size(0)});
}

at::Tensor Linear::operator()(const at::Tensor& x) const { return at::linear(x, weight_, bias_); }

}  // namespace tandem
