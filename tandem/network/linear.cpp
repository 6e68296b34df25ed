#include "tandem/network/linear.h"

#include <ATen/ops/linear.h>

#include "tandem/base/shape_check.h"
#include "tandem/network/onednn.h"

namespace tandem {

Linear::Linear(const at::Tensor& weight, const at::Tensor& bias, Precision precision, LayerPath path)
    : in_(weight.size(-1)), packed_(path == LayerPath::kFastest && weight.is_cpu() && onednn::is_available()) {
  check_shape("Linear", "weight", weight, {kAnySize, kAnySize});
  check_shape("Linear", "bias", bias, {weight.size(0)});
  const at::ScalarType type = scalar_type(precision);
  bias_ = bias.to(type);
  weight_ = packed_ ? onednn::pack_linear(weight.to(type).contiguous()) : weight.to(type);
}

at::Tensor Linear::operator()(const at::Tensor& x) const {
  const at::Tensor input = x.to(bias_.scalar_type());
  // oneDNN reads past the end of rows that are too short.
  TORCH_CHECK_VALUE(x.dim() > 0 && x.size(-1) == in_, "Linear: x must be [..., ", in_, "], got ", shape_text(x));
  if (!packed_) return at::linear(input, weight_, bias_);
  return onednn::linear(input.contiguous(), weight_, bias_);
}

}  // namespace tandem
