#include "tandem/heads/norm_gelu_dropout.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <vector>

#include "tandem/heads/training_input.h"

using namespace tandem;

namespace {

at::Tensor random(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

struct Answer {
  at::Tensor out;
  std::vector<at::Tensor> gradients;
};

/// 131 rows do not fill blocks of 64, and 77 columns no vector.
template <typename Function>
Answer answer(const Function& function) {
  at::Tensor x = (random({131, 77}, 1) * 3).requires_grad_();
  at::Tensor weight = (random({77}, 2) + 1).requires_grad_();
  at::Tensor bias = random({77}, 3).requires_grad_();
  const at::Tensor out = function(x, weight, bias);
  (out * random({131, 77}, 4)).sum().backward();
  return {out.detach(), {x.grad(), weight.grad(), bias.grad()}};
}

double distance(const at::Tensor& one, const at::Tensor& other) {
  return (one - other).abs().max().item<double>() / other.abs().max().item<double>();
}

}  // namespace

TEST_CASE("the fused middle of a head equals layer norm and GELU and dropout one after the other, gradients too") {
  for (const double share : {0.0, 0.6}) {
    const RowChance chance{.seed = 5, .first_row = 11};
    const Answer fused =
        answer([&](const auto& x, const auto& w, const auto& b) { return norm_gelu_dropout(x, w, b, share, chance); });
    const Answer plain = answer([&](const auto& x, const auto& w, const auto& b) {
      return at::gelu(at::layer_norm(x, {77}, w, b, kLayerNormEpsilon)) * dropout_factor(131, 77, share, chance);
    });
    CHECK(distance(fused.out, plain.out) < 2e-6);
    for (std::size_t i = 0; i < 3; ++i) CHECK(distance(fused.gradients[i], plain.gradients[i]) < 5e-6);
  }
}

TEST_CASE("the fused middle gives the same bits on any number of threads") {
  const int before = at::get_num_threads();
  const auto run = [&](int threads) {
    at::set_num_threads(threads);
    return answer(
        [&](const auto& x, const auto& w, const auto& b) { return norm_gelu_dropout(x, w, b, 0.5, {.seed = 5}); });
  };
  const Answer one = run(1);
  const Answer two = run(2);
  CHECK(at::equal(one.out, two.out));
  for (std::size_t i = 0; i < 3; ++i) CHECK(at::equal(one.gradients[i], two.gradients[i]));
  at::set_num_threads(before);
}

TEST_CASE("standardising with noise in one pass equals its parts") {
  const at::Tensor features = random({131, 77}, 1) * 4 + 2;
  const at::Tensor mean = random({77}, 2);
  const at::Tensor deviation = random({77}, 3).abs() + 0.1;
  const RowChance chance{.seed = 9, .first_row = 3};
  const at::Tensor expected = (features - mean) / deviation + normal_noise(131, 77, 0.75, chance);
  CHECK(distance(noisy_standardised(features, mean, deviation, 0.75, chance), expected) < 1e-6);
}

TEST_CASE("the fused middle refuses what does not fit") {
  CHECK_THROWS_WITH_AS(norm_gelu_dropout(random({4, 5}, 1), random({6}, 2), random({5}, 3), 0, {}),
                       doctest::Contains("weight must be [5], got [6]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(norm_gelu_dropout(random({4, 5}, 1), random({5}, 2), random({5}, 3), 1, {}),
                       doctest::Contains("share must be in [0, 1), got 1"), c10::ValueError);
}
