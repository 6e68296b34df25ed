#include "tandem/nn/activation.h"

#include <ATen/ops/linspace.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

/// One by one in double precision, from the formula.
double largest_error(const char* name, double (*formula)(double)) {
  const at::Tensor x = at::linspace(-8, 8, 1001, at::kFloat);
  const at::Tensor y = activation_named(name)(x);
  double worst = 0;
  for (std::int64_t i = 0; i < x.size(0); ++i)
    worst = std::max(worst, std::abs(y[i].item<double>() - formula(x[i].item<double>())));
  return worst;
}

double tanh_gelu(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }
double silu(double x) { return x / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE("activations equal their formulas") {
  CHECK(largest_error("gelu", [](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2))); }) < 1e-5);
  for (const char* name : {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"}) CHECK(largest_error(name, tanh_gelu) < 1e-5);
  CHECK(largest_error("quick_gelu", [](double x) { return x / (1 + std::exp(-1.702 * x)); }) < 1e-5);
  CHECK(largest_error("relu", [](double x) { return std::max(x, 0.0); }) < 1e-6);
  CHECK(largest_error("relu6", [](double x) { return std::clamp(x, 0.0, 6.0); }) < 1e-6);
  for (const char* name : {"silu", "swish"}) CHECK(largest_error(name, silu) < 1e-5);
  CHECK(largest_error("tanh", [](double x) { return std::tanh(x); }) < 1e-5);
}

TEST_CASE("an activation that is none of ours is refused by field and name") {
  CHECK_THROWS_WITH_AS(activation_named("snake"), doctest::Contains("activation_named: must be one of gelu, "),
                       c10::ValueError);
  const bool is_relu =
      read_activation(Json::object(), "hidden_act", "relu", "config.json").apply == activation_named("relu").apply;
  CHECK(is_relu);
  CHECK_THROWS_WITH_AS(
      read_activation({{"hidden_act", "snake"}}, "hidden_act", "relu", "config.json"),
      ("config.json: expected \"hidden_act\" to be one of " + activation_names() + ", found \"snake\"").c_str(),
      FileError);
}
