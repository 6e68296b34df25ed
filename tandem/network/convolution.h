// A convolution of a frozen encoder with its batch normalization folded in and its activation behind it. Weights are laid
// out for oneDNN once, where that is there (onednn.h); the plain operators are the slow twin.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "tandem/network/layer_path.h"

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
  Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options, LayerPath path = LayerPath::kFastest);

  ///   x  [B, in, H, W]  float32, channels last in memory
  ///
  /// Returns [B, out, h, w], channels last in memory: h is ceil(H / stride) for SAME padding, else
  /// floor((H + 2 * padding - k) / stride) + 1, and w alike.
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor convolve_pixels(const at::Tensor& x) const;
  at::Tensor convolve_padded(const at::Tensor& x, std::int64_t rows, std::int64_t columns) const;
  at::Tensor activate(const at::Tensor& y) const;

  at::Tensor weight_;  ///< packed or plain
  at::Tensor bias_;
  std::int64_t in_;
  std::int64_t kernel_;
  bool per_pixel_;  ///< 1 x 1 without steps: one matrix product over all pixels
  bool packed_;
  ConvolutionOptions options_;
};

}  // namespace tandem
