#include "tandem/network/feed_forward.h"

#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include <utility>
#include <vector>

namespace tandem {

FeedForward::FeedForward(Linear input, Linear output, Activation activation, Gate gate)
    : input_(std::move(input)), output_(std::move(output)), activation_(activation), gate_(gate) {
  TORCH_CHECK_VALUE(activation != nullptr, "FeedForward: activation must not be null");
}

at::Tensor FeedForward::operator()(const at::Tensor& x) const {
  const at::Tensor wide = input_(x);
  if (gate_ == Gate::kNone) return output_(activation_(wide));
  const std::vector<at::Tensor> halves = wide.chunk(2, -1);
  return output_(activation_(halves[0]) * halves[1]);
}

}  // namespace tandem
