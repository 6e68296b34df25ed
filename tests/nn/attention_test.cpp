#include "tandem/nn/attention.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <cmath>

using namespace tandem;

namespace {

at::Tensor random(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

}  // namespace

TEST_CASE("attention equals its definition head by head") {
  constexpr std::int64_t B = 2, T = 5, D = 12, kHeads = 3, kWidth = D / kHeads;
  std::vector<at::Tensor> weights, biases;
  for (std::uint64_t i = 0; i < 4; ++i) {
    weights.push_back(random({D, D}, i) / 3);
    biases.push_back(random({D}, 10 + i));
  }
  const Attention attention({at::cat({weights[0], weights[1], weights[2]}), at::cat({biases[0], biases[1], biases[2]})},
                            {weights[3], biases[3]}, kHeads);
  const at::Tensor x = random({B, T, D}, 20);
  const at::Tensor bias = random({1, kHeads, T, T}, 21);
  const auto apply = [&](int i, const at::Tensor& in) { return in.matmul(weights[i].t()) + biases[i]; };
  at::Tensor mixed = at::zeros({B, T, D});
  for (std::int64_t b = 0; b < B; ++b) {
    for (std::int64_t head = 0; head < kHeads; ++head) {
      const auto part = [&](int i) { return apply(i, x[b]).narrow(1, head * kWidth, kWidth); };
      const at::Tensor scores = part(0).matmul(part(1).t()) / std::sqrt(static_cast<double>(kWidth)) + bias[0][head];
      mixed[b].narrow(1, head * kWidth, kWidth).copy_(at::softmax(scores, 1).matmul(part(2)));
    }
  }
  CHECK((attention(x, bias) - apply(3, mixed)).abs().max().item<double>() < 1e-5);
}

TEST_CASE("padding changes nothing for the tokens and a row without tokens gives no NaN") {
  const at::Tensor one = at::eye(6);
  const at::Tensor none = at::zeros({6});
  const Attention attention({at::cat({one, one, one}), at::cat({none, none, none})}, {one, none}, 2);
  const at::Tensor x = random({2, 4, 6}, 1);
  const at::Tensor mask = at::tensor({1, 1, 1, 0, 0, 0, 0, 0}).view({2, 4}).to(at::kBool);
  const at::Tensor padded = attention(x, padding_bias(mask));
  CHECK((padded[0].narrow(0, 0, 3) - attention(x.narrow(0, 0, 1).narrow(1, 0, 3), std::nullopt)[0])
            .abs()
            .max()
            .item<double>() < 1e-6);
  CHECK(padded.isfinite().all().item<bool>());
  CHECK(!padding_bias(at::ones({2, 4}, at::kBool)).has_value());
}
