#include "tandem/nn/linear.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>
#include <doctest/doctest.h>

#include "tandem/nn/onednn.h"

using namespace tandem;

namespace {

at::Tensor random_rows(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

double relative_error(const at::Tensor& found, const at::Tensor& expected) {
  return ((found.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

}  // namespace

TEST_CASE("a packed linear layer equals its plain twin and the definition in double precision") {
  const c10::InferenceMode no_gradients;
  for (const auto& [in, out] : {std::pair<std::int64_t, std::int64_t>{384, 1536}, {7, 3}, {1, 1}, {768, 17}}) {
    const at::Tensor weight = random_rows({out, in}, 1);
    const at::Tensor bias = random_rows({out}, 2);
    const Linear packed(weight, bias), plain(weight, bias, Precision::kFloat32, LayerPath::kPlain);
    for (const auto& sizes : {std::vector<std::int64_t>{in}, {1, in}, {2, 5, in}, {300, in}, {0, in}}) {
      const at::Tensor x = random_rows(sizes, 3);
      const at::Tensor expected = x.to(at::kDouble).matmul(weight.to(at::kDouble).t()) + bias.to(at::kDouble);
      CHECK(packed(x).sizes().vec() == expected.sizes().vec());
      if (x.numel() == 0) continue;
      CHECK(relative_error(packed(x), expected) < 2e-6);
      CHECK(relative_error(plain(x), expected) < 2e-6);
    }
  }
}

TEST_CASE("bf16 layers round their results and not their sums") {
  const c10::InferenceMode no_gradients;
  const at::Tensor weight = random_rows({256, 2048}, 1);
  const at::Tensor bias = random_rows({256}, 2);
  const at::Tensor x = random_rows({64, 2048}, 3);
  const at::Tensor expected = x.to(at::kDouble).matmul(weight.to(at::kDouble).t()) + bias.to(at::kDouble);
  for (const LayerPath path : {LayerPath::kFastest, LayerPath::kPlain}) {
    const at::Tensor found = Linear(weight, bias, Precision::kBFloat16, path)(x);
    CHECK(found.dtype().name() == "c10::BFloat16");
    CHECK(relative_error(found, expected) < 5e-3);
  }
}

TEST_CASE("what is fused behind a linear layer equals what is applied after it") {
  const c10::InferenceMode no_gradients;
  const at::Tensor weight = random_rows({48, 32}, 1);
  const at::Tensor bias = random_rows({48}, 2);
  const at::Tensor x = random_rows({7, 9, 32}, 3);
  const at::Tensor sum = random_rows({7, 9, 48}, 4);
  const at::Tensor product = x.to(at::kDouble).matmul(weight.to(at::kDouble).t()) + bias.to(at::kDouble);
  for (const LayerPath path : {LayerPath::kFastest, LayerPath::kPlain}) {
    const Linear layer(weight, bias, Precision::kFloat32, path), rounded(weight, bias, Precision::kBFloat16, path);
    for (const char* name : {"gelu", "gelu_new", "quick_gelu", "relu", "relu6", "silu", "tanh"}) {
      CAPTURE(name);
      const Activation activation = activation_named(name);
      CHECK(relative_error(layer(x, activation), activation(product)) < 5e-6);
      CHECK(relative_error(rounded(x, activation), activation(product)) < 1e-2);
    }
    CHECK(relative_error(layer.plus(x, sum), product + sum) < 2e-6);
    CHECK(relative_error(rounded.plus(x, sum.to(at::kBFloat16)), product + sum) < 1e-2);
    CHECK_THROWS_AS(layer.plus(x, sum.narrow(1, 0, 3)), c10::ValueError);
    CHECK_THROWS_AS(rounded.plus(x, sum), c10::ValueError);
  }
}

TEST_CASE("a linear layer refuses rows of another width") {
  const Linear layer(random_rows({4, 3}, 1), random_rows({4}, 2));
  CHECK_THROWS_AS(layer(random_rows({2, 5}, 3)), c10::ValueError);
}

TEST_CASE("the packed path is there with the LibTorch that set-up installs") { CHECK(onednn::is_available()); }
