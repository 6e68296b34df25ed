#include "tandem/nn/linear.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>

#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/nn/onednn.h"

namespace tandem {
namespace {

bool takes_packed_path(const at::Tensor& weight, Precision precision, LayerPath path) {
  return path == LayerPath::kFastest && weight.is_cpu() && onednn::packs(precision);
}

}  // namespace

Linear::Linear(const at::Tensor& weight, const at::Tensor& bias, Precision precision, LayerPath path)
    : in_(weight.size(-1)), packed_(takes_packed_path(weight, precision, path)) {
  check_shape("Linear", "weight", weight, {kAnySize, kAnySize});
  check_shape("Linear", "bias", bias, {weight.size(0)});
  const at::ScalarType type = scalar_type(precision);
  bias_ = bias.to(type);
  weight_ = packed_ ? onednn::pack_linear(weight.to(type).contiguous()) : weight.to(type);
}

at::Tensor Linear::checked(const at::Tensor& x) const {
  // oneDNN reads past the end of rows that are too short.
  TORCH_CHECK_VALUE(x.dim() > 0 && x.size(-1) == in_, "Linear: x must be [..., ", in_, "], got ", shape_text(x));
  const at::Tensor input = x.to(bias_.scalar_type());
  return packed_ ? input.contiguous() : input;
}

at::Tensor Linear::operator()(const at::Tensor& x, const Activation& then) const {
  const at::Tensor input = checked(x);
  if (!packed_) return then(at::linear(input, weight_, bias_));
  if (then.is_fused()) return onednn::linear(input, weight_, bias_, then.fused);
  return then(onednn::linear(input, weight_, bias_));
}

at::Tensor Linear::plus(const at::Tensor& x, const at::Tensor& sum) const {
  const at::Tensor input = checked(x);
  std::vector<std::int64_t> sizes = x.sizes().vec();
  sizes.back() = bias_.size(0);
  TORCH_CHECK_VALUE(sum.sizes() == sizes && sum.scalar_type() == bias_.scalar_type(),
                    "Linear: sum must be like the result, got ", shape_text(sum), " of ", sum.scalar_type());
  if (!packed_) return at::linear(input, weight_, bias_) + sum;
  return onednn::linear_plus(input, weight_, bias_, sum.contiguous());
}

}  // namespace tandem
