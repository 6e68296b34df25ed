#include "tandem/training/logit_scale.h"

#include <doctest/doctest.h>

#include <utility>

using namespace tandem;

TEST_CASE("the logit scale is clamped to [1, largest], the temperature to [1 / largest, 1]") {
  for (const auto& [scale, clamped] : {std::pair(0.2, 1.0), std::pair(14.3, 14.3), std::pair(5000.0, 100.0)}) {
    at::Tensor log_scale = first_log_scale(scale, /*learned=*/true, c10::kCPU);
    clamp_logit_scale(log_scale, 100);
    CHECK(logit_scale_of(log_scale) == doctest::Approx(clamped).epsilon(1e-6));
    CHECK(log_scale.is_leaf());
    CHECK(log_scale.requires_grad());
  }
}

TEST_CASE("a scale that is not learned has no gradient, and only the sigmoid loss has a bias") {
  CHECK(!first_log_scale(10, /*learned=*/false, c10::kCPU).requires_grad());
  const at::Tensor bias = first_bias(LossKind::kSigLip, -10, c10::kCPU);
  CHECK(bias.item<float>() == -10);
  CHECK(bias.requires_grad());
  CHECK(!first_bias(LossKind::kSoftTarget, -10, c10::kCPU).defined());
}
