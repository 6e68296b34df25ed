// The position-wise half of a transformer layer (Vaswani et al. 2017, arXiv:1706.03762, section
// 3.3), plain or gated (Shazeer 2020, arXiv:2002.05202: SwiGLU is a gate with SiLU).
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/nn/activation.h"
#include "tandem/nn/linear.h"

namespace tandem {

enum class Gate {
  kNone,       ///< output(activation(input(x)))
  kFirstHalf,  ///< output(activation(a) * b), where a and b are the halves of input(x)
};

class FeedForward {
 public:
  /// input is F x D and output is D x F; with a gate, input is 2F x D.
  FeedForward(Linear input, Linear output, Activation activation, Gate gate = Gate::kNone);

  ///   x  [..., D]
  ///
  /// Returns [..., D].
  at::Tensor operator()(const at::Tensor& x) const;

  /// The same plus `sum` [..., D].
  at::Tensor plus(const at::Tensor& x, const at::Tensor& sum) const;

 private:
  at::Tensor widen(const at::Tensor& x) const;

  Linear input_, output_;
  Activation activation_;
  Gate gate_;
};

}  // namespace tandem
