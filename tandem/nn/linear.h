// A fully connected layer of a frozen encoder. Weights are laid out for oneDNN once, if it is
// available (onednn.h); the plain product is the slow twin.
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/nn/activation.h"
#include "tandem/nn/layer_path.h"
#include "tandem/nn/precision.h"

namespace tandem {

/// y = x W^T + b
class Linear {
 public:
  ///   weight  [out, in]  float32
  ///   bias    [out]      float32
  Linear(const at::Tensor& weight, const at::Tensor& bias, Precision precision = Precision::kFloat32,
         LayerPath path = LayerPath::kFastest);

  ///   x     [..., in]  any floating type; converted to the precision's type
  ///   then  applied to the result, in the same pass if oneDNN can do it
  ///
  /// Returns [..., out], in the type of the precision.
  at::Tensor operator()(const at::Tensor& x, const Activation& then = {}) const;

  /// x W^T + b + sum, in one pass if oneDNN can do it.
  ///
  ///   sum  [..., out]  of the precision's type
  at::Tensor plus(const at::Tensor& x, const at::Tensor& sum) const;

 private:
  at::Tensor weight_;  ///< packed or plain
  at::Tensor bias_;
  std::int64_t in_;
  bool packed_;

  at::Tensor checked(const at::Tensor& x) const;
};

}  // namespace tandem
