// A convolution of a frozen encoder with its batch normalization folded in and its activation behind it. Its
// plain path is here; faster twins go behind the same call.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace tandem {

/// What stands behind a convolution. kRelu is max(x, 0), kRelu6 min(max(x, 0), 6).
enum class ConvolutionActivation { kNone, kRelu, kRelu6 };

/// The statistics of a batch normalization: y = (x - mean) / sqrt(variance + epsilon) * scale + shift.
struct BatchNorm {
  at::Tensor scale;     ///< [out]
  at::Tensor shift;     ///< [out]
  at::Tensor mean;      ///< [out]
  at::Tensor variance;  ///< [out]
  double epsilon = 1e-5;
};

struct ConvolutionOptions {
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  /// Rows and columns of zeros on every side. None: TensorFlow's "SAME" padding, where the output has ceil(size / stride)
  /// rows, and of an odd number of padding rows the bottom gets one more than the top.
  std::optional<std::int64_t> padding;
  ConvolutionActivation activation = ConvolutionActivation::kNone;
};

class Convolution {
 public:
  ///   weight  [out, in / groups, k, k]  float32
  Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options);

  ///   x  [B, in, H, W]  float32, channels last in memory
  ///
  /// Returns [B, out, h, w], channels last in memory: h is ceil(H / stride) for SAME padding, else
  /// floor((H + 2 * padding - k) / stride) + 1, and w alike.
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor convolve(const at::Tensor& x) const;

  at::Tensor weight_;
  at::Tensor bias_;
  ConvolutionOptions options_;
};

}  // namespace tandem
