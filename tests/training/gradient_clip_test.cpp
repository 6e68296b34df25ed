#include "tandem/training/gradient_clip.h"

#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace tandem;

TEST_CASE("gradients are scaled together to the largest norm, smaller ones are left alone") {
  const std::vector<at::Tensor> gradients = {at::tensor({3.0F, 0.0F}), at::tensor({4.0F})};
  CHECK(clip_gradients(gradients, 10) == doctest::Approx(5));
  CHECK(clip_gradients(gradients, 0) == doctest::Approx(5));
  CHECK(gradients[0][0].item<float>() == 3.0F);
  CHECK(clip_gradients(gradients, 1) == doctest::Approx(5));
  CHECK(gradients[0][0].item<float>() == doctest::Approx(0.6));
  CHECK(gradients[1][0].item<float>() == doctest::Approx(0.8));
}

TEST_CASE("a norm that is no number is told") {
  CHECK(std::isnan(clip_gradients({at::tensor({1.0F, std::numeric_limits<float>::quiet_NaN()})}, 1)));
  CHECK(std::isinf(clip_gradients({at::tensor({std::numeric_limits<float>::infinity()})}, 0)));
}
