#include "tandem/features/view_of_states.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

at::Tensor drawn(at::IntArrayRef sizes) {
  return at::randn(sizes, at::detail::createCPUGenerator(1), at::TensorOptions());
}

}  // namespace

TEST_CASE("a caption's view of tokens has them in order, cut or filled with zeros, whatever stood at padding") {
  const at::Tensor states = drawn({2, 3, 2});
  const at::Tensor mask = at::tensor({1, 1, 1, 1, 0, 0}).reshape({2, 3}).to(at::kBool);
  const at::Tensor two = view_of_tokens(states, mask, {.tokens = 2});
  const at::Tensor four = view_of_tokens(states, mask, {.tokens = 4});
  CHECK(two.sizes() == at::IntArrayRef({2, 4}));
  CHECK(four.sizes() == at::IntArrayRef({2, 8}));
  for (int token = 0; token < 4; ++token) {
    for (int column = 0; column < 2; ++column) {
      CHECK(four[0][2 * token + column].item<float>() == (token < 3 ? states[0][token][column].item<float>() : 0.0F));
      CHECK(four[1][2 * token + column].item<float>() == (token < 1 ? states[1][token][column].item<float>() : 0.0F));
      if (token < 2) CHECK(two[0][2 * token + column].item<float>() == states[0][token][column].item<float>());
    }
  }
}

TEST_CASE("a picture's view of tokens is its grid, or the means of a coarser one") {
  const at::Tensor states = drawn({2, 1 + 16, 3});  // one class token, 4 x 4 patches
  CHECK(at::equal(view_of_patches(states, 1, {.tokens = 16}), states.slice(1, 1).flatten(1)));
  const at::Tensor coarse = view_of_patches(states, 1, {.tokens = 4});
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 2; ++column) {
      for (int w = 0; w < 3; ++w) {
        double sum = 0;
        for (int r = 2 * row; r < 2 * row + 2; ++r) {
          for (int c = 2 * column; c < 2 * column + 2; ++c) sum += states[1][1 + 4 * r + c][w].item<double>();
        }
        CHECK(coarse[1][3 * (2 * row + column) + w].item<double>() == doctest::Approx(sum / 4).epsilon(1e-5));
      }
    }
  }
  CHECK_THROWS_WITH_AS(view_of_patches(states, 1, {.tokens = 25}),
                       doctest::Contains("tokens:25 wants as many patches at least, got 16"), c10::ValueError);
  CHECK_THROWS_WITH_AS(view_of_patches(states, 2, {.tokens = 4}),
                       doctest::Contains("wants patches in a square grid, got 15"), c10::ValueError);
}
