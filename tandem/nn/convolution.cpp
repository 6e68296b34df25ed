#include "tandem/nn/convolution.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

std::int64_t same_padding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  return std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0);
}

/// In channels-last layout the pixels are the rows of a matrix, without a copy.
at::Tensor pixel_rows(const at::Tensor& map) { return map.permute({0, 2, 3, 1}); }
at::Tensor map_of_rows(const at::Tensor& rows) { return rows.permute({0, 3, 1, 2}); }

}  // namespace

struct Convolution::Packs {
  std::mutex mutex;
  std::map<std::pair<std::int64_t, std::int64_t>, at::Tensor> of_size;
};

Convolution::Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options,
                         Precision precision, LayerPath path)
    : options_(std::move(options)) {
  check_shape("Convolution", "weight", weight, {kAnySize, kAnySize, kAnySize, kAnySize});
  const std::int64_t out = weight.size(0);
  TORCH_CHECK_VALUE(weight.size(2) == weight.size(3), "Convolution: weight must be square, got ", shape_text(weight));
  check_shape("Convolution", "scale", norm.scale, {out});
  check_shape("Convolution", "shift", norm.shift, {out});
  check_shape("Convolution", "mean", norm.mean, {out});
  check_shape("Convolution", "variance", norm.variance, {out});
  in_ = weight.size(1) * options_.groups;
  kernel_ = weight.size(2);
  // Folded in double, so that the folding itself costs no accuracy.
  const at::Tensor factor = norm.scale.to(at::kDouble) / (norm.variance.to(at::kDouble) + norm.epsilon).sqrt();
  const at::Tensor folded = (weight.to(at::kDouble) * factor.view({out, 1, 1, 1})).to(at::kFloat);
  const at::Tensor bias = (norm.shift.to(at::kDouble) - norm.mean.to(at::kDouble) * factor).to(at::kFloat);
  if (kernel_ == 1 && options_.stride == 1 && options_.groups == 1 && options_.padding.value_or(0) == 0 &&
      !options_.adds) {
    per_pixel_.emplace(folded.flatten(1), bias, precision, path);
    return;
  }
  const at::ScalarType type = scalar_type(precision);
  weight_ = folded.to(type).contiguous(at::MemoryFormat::ChannelsLast);
  bias_ = bias.to(type);
  if (path == LayerPath::kFastest && weight.is_cpu() && onednn::packs(precision)) packs_ = std::make_shared<Packs>();
}

/// Padding that oneDNN does not offer: more at the bottom and the right than at the top and the
/// left.
Convolution::Padded Convolution::pad(const at::Tensor& x) const {
  check_shape("Convolution", "x", x, {kAnySize, in_, kAnySize, kAnySize});
  Padded padded{.x = x.to(bias_.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast),
                .steps = {.stride = options_.stride, .groups = options_.groups}};
  if (options_.padding) {
    padded.steps.padding_rows = padded.steps.padding_columns = *options_.padding;
    return padded;
  }
  const std::int64_t rows = same_padding(x.size(2), kernel_, options_.stride);
  const std::int64_t columns = same_padding(x.size(3), kernel_, options_.stride);
  if (rows % 2 == 0 && columns % 2 == 0) {
    padded.steps.padding_rows = rows / 2;
    padded.steps.padding_columns = columns / 2;
    return padded;
  }
  const std::int64_t top = rows / 2;
  const std::int64_t left = columns / 2;
  padded.x = at::constant_pad_nd(padded.x, {left, columns - left, top, rows - top}, 0)
                 .contiguous(at::MemoryFormat::ChannelsLast);
  return padded;
}

at::Tensor Convolution::packed_for(const Padded& padded) const {
  const std::lock_guard lock(packs_->mutex);
  at::Tensor& packed = packs_->of_size[{padded.x.size(2), padded.x.size(3)}];
  if (!packed.defined()) packed = onednn::pack_convolution(weight_, padded.steps, padded.x.sizes());
  return packed;
}

at::Tensor Convolution::convolve(const Padded& padded) const {
  const auto& [stride, rows, columns, groups] = padded.steps;
  return at::convolution(padded.x, weight_, bias_, {stride, stride}, {rows, columns}, {1, 1}, /*transposed=*/false,
                         {0, 0}, groups);
}

at::Tensor Convolution::operator()(const at::Tensor& x) const {
  const Activation& then = options_.activation;
  if (per_pixel_) {
    check_shape("Convolution", "x", x, {kAnySize, in_, kAnySize, kAnySize});
    return map_of_rows((*per_pixel_)(pixel_rows(x), then));
  }
  const Padded padded = pad(x);
  if (!packs_) return then(convolve(padded));
  if (then.is_fused()) return onednn::convolution(padded.x, packed_for(padded), bias_, padded.steps, then.fused);
  return then(onednn::convolution(padded.x, packed_for(padded), bias_, padded.steps));
}

at::Tensor Convolution::plus(const at::Tensor& x, at::Tensor sum) const {
  TORCH_CHECK_VALUE(options_.adds, "Convolution: plus needs options that say it adds");
  const Activation& then = options_.activation;
  const Padded padded = pad(x);
  const bool in_place =
      packs_ && sum.scalar_type() == bias_.scalar_type() && sum.is_contiguous(at::MemoryFormat::ChannelsLast);
  if (!in_place) return then(convolve(padded) + sum);
  const bool fuses = then.is_identity() || then.fused.name == "relu";
  onednn::add_convolution(sum, padded.x, packed_for(padded), bias_, padded.steps, fuses ? then.fused : onednn::Fused{});
  return fuses ? sum : then(sum);
}

}  // namespace tandem
