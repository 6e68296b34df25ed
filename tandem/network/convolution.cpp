#include "tandem/network/convolution.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/linear.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

std::int64_t same_padding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  return std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0);
}

}  // namespace

Convolution::Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options)
    : options_(options) {
  check_shape("Convolution", "weight", weight, {kAnySize, kAnySize, kAnySize, kAnySize});
  const std::int64_t out = weight.size(0);
  TORCH_CHECK_VALUE(weight.size(2) == weight.size(3), "Convolution: weight must be square, got ",
                    shape_text(weight));
  check_shape("Convolution", "scale", norm.scale, {out});
  check_shape("Convolution", "shift", norm.shift, {out});
  check_shape("Convolution", "mean", norm.mean, {out});
  check_shape("Convolution", "variance", norm.variance, {out});
  // Folded in double, so that the folding itself costs no accuracy.
  const at::Tensor factor =
      norm.scale.to(at::kDouble) / (norm.variance.to(at::kDouble) + norm.epsilon).sqrt();
  weight_ = (weight.to(at::kDouble) * factor.view({out, 1, 1, 1}))
                .to(at::kFloat)
                .contiguous(at::MemoryFormat::ChannelsLast);
  bias_ = (norm.shift.to(at::kDouble) - norm.mean.to(at::kDouble) * factor).to(at::kFloat);
}

at::Tensor Convolution::convolve(const at::Tensor& x) const {
  const std::int64_t kernel = weight_.size(2), stride = options_.stride;
  if (kernel == 1 && stride == 1 && options_.groups == 1 && options_.padding.value_or(0) == 0) {
    // Channels last makes of a 1 x 1 convolution one matrix product over all pixels, without any copy.
    return at::linear(x.permute({0, 2, 3, 1}), weight_.flatten(1), bias_).permute({0, 3, 1, 2});
  }
  const auto convolve_padded = [&](const at::Tensor& input, std::int64_t top, std::int64_t left) {
    return at::convolution(input, weight_, bias_, {stride, stride}, {top, left}, {1, 1}, /*transposed=*/false,
                           {0, 0}, options_.groups);
  };
  if (options_.padding) return convolve_padded(x, *options_.padding, *options_.padding);
  const std::int64_t rows = same_padding(x.size(2), kernel, stride),
                     columns = same_padding(x.size(3), kernel, stride);
  if (rows % 2 == 0 && columns % 2 == 0) return convolve_padded(x, rows / 2, columns / 2);
  const std::int64_t top = rows / 2, left = columns / 2;
  return convolve_padded(at::constant_pad_nd(x, {left, columns - left, top, rows - top}, 0), 0, 0);
}

at::Tensor Convolution::operator()(const at::Tensor& x) const {
  const at::Tensor y = convolve(x);
  switch (options_.activation) {
    case ConvolutionActivation::kNone: return y;
    case ConvolutionActivation::kRelu: return y.relu_();
    case ConvolutionActivation::kRelu6: return y.clamp_(0, 6);
  }
  return y;
}

}  // namespace tandem
