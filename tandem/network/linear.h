// A fully connected layer of a frozen encoder. Its plain path is here; faster twins go behind the same call.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// y = x W^T + b
class Linear {
 public:
  ///   weight  [out, in]  float32
  ///   bias    [out]      float32
  Linear(at::Tensor weight, at::Tensor bias);

  ///   x  [..., in]  float32
  ///
  /// Returns [..., out].
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace tandem
