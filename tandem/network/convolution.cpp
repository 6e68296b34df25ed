#include "tandem/network/convolution.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

#include "tandem/base/shape_check.h"
#include "tandem/network/onednn.h"

namespace tandem {
namespace {

std::int64_t same_padding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  return std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0);
}

/// Channels last makes of the pixels the rows of a matrix, without any copy.
at::Tensor pixel_rows(const at::Tensor& map) { return map.permute({0, 2, 3, 1}); }
at::Tensor map_of_rows(const at::Tensor& rows) { return rows.permute({0, 3, 1, 2}); }

}  // namespace

Convolution::Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options, Precision precision, LayerPath path)
    : options_(std::move(options)), packed_(path == LayerPath::kFastest && weight.is_cpu() && onednn::is_available()) {
  check_shape("Convolution", "weight", weight, {kAnySize, kAnySize, kAnySize, kAnySize});
  const std::int64_t out = weight.size(0);
  TORCH_CHECK_VALUE(weight.size(2) == weight.size(3), "Convolution: weight must be square, got ",
                    shape_text(weight));
  check_shape("Convolution", "scale", norm.scale, {out});
  check_shape("Convolution", "shift", norm.shift, {out});
  check_shape("Convolution", "mean", norm.mean, {out});
  check_shape("Convolution", "variance", norm.variance, {out});
  in_ = weight.size(1) * options_.groups;
  kernel_ = weight.size(2);
  // Folded in double, so that the folding itself costs no accuracy.
  const at::Tensor factor =
      norm.scale.to(at::kDouble) / (norm.variance.to(at::kDouble) + norm.epsilon).sqrt();
  const at::Tensor folded = (weight.to(at::kDouble) * factor.view({out, 1, 1, 1})).to(at::kFloat);
  const at::Tensor bias = (norm.shift.to(at::kDouble) - norm.mean.to(at::kDouble) * factor).to(at::kFloat);
  if (kernel_ == 1 && options_.stride == 1 && options_.groups == 1 && options_.padding.value_or(0) == 0) {
    per_pixel_.emplace(folded.flatten(1), bias, precision, path);
    return;
  }
  const at::ScalarType type = scalar_type(precision);
  weight_ = folded.to(type).contiguous(at::MemoryFormat::ChannelsLast);
  bias_ = bias.to(type);
  if (packed_) {
    const std::int64_t padding = options_.padding.value_or(kernel_ / 2);
    weight_ = onednn::pack_convolution(weight_, {options_.stride, padding, padding, options_.groups});
  }
}

at::Tensor Convolution::convolve_padded(const at::Tensor& x, std::int64_t rows, std::int64_t columns, const Activation& then) const {
  const std::int64_t stride = options_.stride;
  if (!packed_) {
    return then(at::convolution(x, weight_, bias_, {stride, stride}, {rows, columns}, {1, 1}, /*transposed=*/false, {0, 0}, options_.groups));
  }
  const bool fuses = then.is_identity() || then.fused.name != onednn::kNone;
  const at::Tensor y = onednn::convolution(x.contiguous(at::MemoryFormat::ChannelsLast), weight_, bias_,
                                           {stride, rows, columns, options_.groups}, fuses ? then.fused : onednn::Fused{});
  return fuses ? y : then(y);
}

at::Tensor Convolution::convolve(const at::Tensor& x, const Activation& then) const {
  check_shape("Convolution", "x", x, {kAnySize, in_, kAnySize, kAnySize});
  if (per_pixel_) return map_of_rows((*per_pixel_)(pixel_rows(x), then));
  const at::Tensor input = x.to(bias_.scalar_type());
  if (options_.padding) return convolve_padded(input, *options_.padding, *options_.padding, then);
  const std::int64_t rows = same_padding(x.size(2), kernel_, options_.stride),
                     columns = same_padding(x.size(3), kernel_, options_.stride);
  if (rows % 2 == 0 && columns % 2 == 0) return convolve_padded(input, rows / 2, columns / 2, then);
  const std::int64_t top = rows / 2, left = columns / 2;
  return convolve_padded(at::constant_pad_nd(input, {left, columns - left, top, rows - top}, 0), 0, 0, then);
}

at::Tensor Convolution::operator()(const at::Tensor& x) const { return convolve(x, options_.activation); }

at::Tensor Convolution::plus(const at::Tensor& x, const at::Tensor& sum) const {
  if (per_pixel_) return options_.activation(map_of_rows(per_pixel_->plus(pixel_rows(x), pixel_rows(sum))));
  return options_.activation(convolve(x, {}).add_(sum));
}

}  // namespace tandem
