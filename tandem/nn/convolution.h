// A convolution of a frozen encoder with its batch normalization folded in, followed by its
// activation. Weights are laid out for oneDNN once, if it is available (onednn.h); the plain
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
  /// Rows and columns of zeros on every side. Nothing: TensorFlow's "SAME" padding. The output then
  /// has ceil(size / stride) rows, and if the number of padding rows is odd, the bottom gets one
  /// more than the top.
  std::optional<std::int64_t> padding;
  bool adds = false;  ///< called through plus(); otherwise through operator()
  Activation activation = {};
};

class Convolution {
 public:
  ///   weight  [out, in / groups, k, k]  float32
  Convolution(const at::Tensor& weight, const BatchNorm& norm, ConvolutionOptions options,
              Precision precision = Precision::kFloat32, LayerPath path = LayerPath::kFastest);

  ///   x  [B, in, H, W]  any floating type, channels last; converted to the precision's
  ///
  /// Returns [B, out, h, w], channels last in memory: h is ceil(H / stride) for SAME padding, else
  /// floor((H + 2 * padding - k) / stride) + 1; w likewise.
  at::Tensor operator()(const at::Tensor& x) const;

  /// The same with `sum` added before the activation. `sum` has the result's shape, type and
  /// layout; its memory may hold the result afterwards.
  /// Throws c10::ValueError unless options.adds is true.
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
      per_pixel_;  ///< 1 x 1 without steps: one matrix product over all pixels; the members below are then unused
  at::Tensor weight_;
  at::Tensor bias_;
  std::shared_ptr<Packs> packs_;  ///< the weight in oneDNN's layout, for each input size so far; null on the plain path
};

}  // namespace tandem
