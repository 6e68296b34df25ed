// Layer normalisation of a frozen encoder (Ba et al. 2016, arXiv:1607.06450) over the last
// dimension.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

class LayerNorm {
 public:
  ///   weight, bias  [D]  float32
  LayerNorm(at::Tensor weight, at::Tensor bias, double epsilon);

  ///   x  [..., D]
  ///
  /// Returns [..., D].
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
  double epsilon_;
};

}  // namespace tandem
