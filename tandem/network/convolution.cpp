#include "tandem/network/convolution.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/linear.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/network/onednn.h"

namespace tandem {
namespace {

std::int64_t same_padding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  return std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0);
}

onednn::Fused fused_of(ConvolutionActivation activation) {
  switch (activation) {
    case ConvolutionActivation::kNone: return {};
    case ConvolutionActivation::kRelu: return {.name = "relu"};
    case ConvolutionActivation::kRelu6: return {.name = "hardtanh", .scalars = {0, 6}};
  }
  return {};
}

}  // namespace

Convolution::Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options, LayerPath path)
    : options_(options), packed_(path == LayerPath::kFastest && weight.is_cpu() && onednn::is_available()) {
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
  per_pixel_ = kernel_ == 1 && options_.stride == 1 && options_.groups == 1 && options_.padding.value_or(0) == 0;
  // Folded in double, so that the folding itself costs no accuracy.
  const at::Tensor factor =
      norm.scale.to(at::kDouble) / (norm.variance.to(at::kDouble) + norm.epsilon).sqrt();
  weight_ = (weight.to(at::kDouble) * factor.view({out, 1, 1, 1}))
                .to(at::kFloat)
                .contiguous(at::MemoryFormat::ChannelsLast);
  bias_ = (norm.shift.to(at::kDouble) - norm.mean.to(at::kDouble) * factor).to(at::kFloat);
  if (per_pixel_) weight_ = weight_.flatten(1);
  if (packed_) {
    const std::int64_t padding = options_.padding.value_or(kernel_ / 2);
    weight_ = per_pixel_ ? onednn::pack_linear(weight_)
                         : onednn::pack_convolution(weight_, {options_.stride, padding, padding, options_.groups});
  }
}

at::Tensor Convolution::activate(const at::Tensor& y) const {
  switch (options_.activation) {
    case ConvolutionActivation::kNone: return y;
    case ConvolutionActivation::kRelu: return y.relu_();
    case ConvolutionActivation::kRelu6: return y.clamp_(0, 6);
  }
  return y;
}

at::Tensor Convolution::convolve_pixels(const at::Tensor& x) const {
  // Channels last makes of the pixels the rows of a matrix, without any copy.
  const at::Tensor rows = x.permute({0, 2, 3, 1});
  const at::Tensor y = packed_ ? onednn::linear(rows.contiguous(), weight_, bias_, fused_of(options_.activation))
                               : activate(at::linear(rows, weight_, bias_));
  return y.permute({0, 3, 1, 2});
}

at::Tensor Convolution::convolve_padded(const at::Tensor& x, std::int64_t rows, std::int64_t columns) const {
  const std::int64_t stride = options_.stride;
  if (packed_) {
    return onednn::convolution(x.contiguous(at::MemoryFormat::ChannelsLast), weight_, bias_, {stride, rows, columns, options_.groups},
                               fused_of(options_.activation));
  }
  return activate(at::convolution(x, weight_, bias_, {stride, stride}, {rows, columns}, {1, 1}, /*transposed=*/false, {0, 0},
                                  options_.groups));
}

at::Tensor Convolution::operator()(const at::Tensor& x) const {
  check_shape("Convolution", "x", x, {kAnySize, in_, kAnySize, kAnySize});
  if (per_pixel_) return convolve_pixels(x);
  if (options_.padding) return convolve_padded(x, *options_.padding, *options_.padding);
  const std::int64_t rows = same_padding(x.size(2), kernel_, options_.stride),
                     columns = same_padding(x.size(3), kernel_, options_.stride);
  if (rows % 2 == 0 && columns % 2 == 0) return convolve_padded(x, rows / 2, columns / 2);
  const std::int64_t top = rows / 2, left = columns / 2;
  return convolve_padded(at::constant_pad_nd(x, {left, columns - left, top, rows - top}, 0), 0, 0);
}

}  // namespace tandem
