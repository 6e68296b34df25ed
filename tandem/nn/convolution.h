// A convolution of a frozen encoder with its batch normalization folded in and its activation
// behind it. Weights are laid out for oneDNN once, where that is there (onednn.h); the plain
// operators are the slow twin.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "tandem/nn/activation.h"
#include "tandem/nn/layer_path.h"
#include "tandem/nn/linear.h"
#include "tandem/nn/onednn.h"
#include "tandem/nn/precision.h"

namespace tandem {

/// The statistics of a batch normalization: y = (x - mean) / sqrt(variance + epsilon) * scale +
/// shift.
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
  /// Rows and columns of zeros on every side. None: TensorFlow's "SAME" padding, where the output
  /// has ceil(size / stride) rows, and of an odd number of padding rows the bottom gets one more
  /// than the top.
  std::optional<std::int64_t> padding;
  bool adds = false;  ///< called through plus(); else through operator()
  Activation activation = {};
};

class Convolution {
 public:
  ///   weight  [out, in / groups, k, k]  float32
  Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options,
              Precision precision = Precision::kFloat32, LayerPath path = LayerPath::kFastest);

  ///   x  [B, in, H, W]  of any floating type, channels last in memory; it is converted to the
  ///                     precision's
  ///
  /// Returns [B, out, h, w], channels last in memory: h is ceil(H / stride) for SAME padding, else
  /// floor((H + 2 * padding - k) / stride) + 1, and w alike.
  at::Tensor operator()(const at::Tensor& x) const;

  /// The same with `sum`, of the result's shape, type and layout, added in front of the activation.
  /// Its memory may hold the result afterwards. Throws c10::ValueError if the options did not say
  /// that it adds.
  at::Tensor plus(const at::Tensor& x, at::Tensor sum) const;

 private:
  struct Padded {
    at::Tensor x;
    onednn::ConvolutionSteps steps;
  };
  struct Packs;

  Padded pad(const at::Tensor& x) const;
  at::Tensor packed_for(const Padded& padded) const;
  at::Tensor convolve(const Padded& padded) const;

  ConvolutionOptions options_;
  std::int64_t in_;
  std::int64_t kernel_;
  std::optional<Linear>
      per_pixel_;  ///< 1 x 1 without steps: one matrix product over all pixels; the rest is not there then
  at::Tensor weight_;
  at::Tensor bias_;
  std::shared_ptr<Packs> packs_;  ///< the weight as oneDNN wants it for each size that came; null on the plain path
};

}  // namespace tandem
