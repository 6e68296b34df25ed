#include "tandem/nn/feed_forward.h"

#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include <utility>
#include <vector>

namespace tandem {

FeedForward::FeedForward(Linear input, Linear output, Activation activation, Gate gate)
    : input_(std::move(input)), output_(std::move(output)), activation_(std::move(activation)), gate_(gate) {}

at::Tensor FeedForward::widen(const at::Tensor& x) const {
  if (gate_ == Gate::kNone) return input_(x, activation_);
  const std::vector<at::Tensor> halves = input_(x).chunk(2, -1);
  return activation_(halves[0]) * halves[1];
}

at::Tensor FeedForward::operator()(const at::Tensor& x) const { return output_(widen(x)); }

at::Tensor FeedForward::plus(const at::Tensor& x, const at::Tensor& sum) const { return output_.plus(widen(x), sum); }

}  // namespace tandem
