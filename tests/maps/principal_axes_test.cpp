#include "tandem/maps/principal_axes.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/logspace.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <tuple>

#include "mixture.h"

using namespace tandem;

namespace {

constexpr std::int64_t kWidth = 160, kAxes = 20;

/// A covariance of these variances along axes of no direction in particular.
at::Tensor with_variances(const at::Tensor& variances) {
  const at::Tensor turn = std::get<0>(at::linalg_qr(tests::mixture(kWidth, kWidth).to(at::kDouble)));
  const at::Tensor matrix = at::matmul(turn * variances, turn.t());
  return (matrix + matrix.t()) / 2;
}

/// The largest |C a - v a| among the first axes, by the largest variance.
double residual(const at::Tensor& covariance, const PrincipalAxes& found) {
  const at::Tensor axes = found.axes.narrow(0, 0, kAxes);
  const at::Tensor variance = found.variance.narrow(0, 0, kAxes);
  return ((at::matmul(axes, covariance) - axes * variance.unsqueeze(1)).norm(2, 1).max() / found.variance[0])
      .item<double>();
}

}  // namespace

TEST_CASE("the first axes are those of all, whatever the variances" * doctest::test_suite("slow")) {
  const auto options = at::TensorOptions().dtype(at::kDouble);
  for (const auto& [name, variances, close] :
       {std::tuple("falling", at::logspace(2, -3, kWidth, 10, options), 2e-6),
        std::tuple("steep", at::logspace(0, -20, kWidth, 10, options), 2e-6),
        std::tuple("huge", at::logspace(32, 29, kWidth, 10, options), 2e-6),
        std::tuple("tiny", at::logspace(-32, -35, kWidth, 10, options), 2e-6),
        std::tuple("nearly the same", at::linspace(1.01, 1, kWidth, options), 1.0)}) {
    CAPTURE(name);
    const at::Tensor covariance = with_variances(variances);
    const PrincipalAxes all = principal_axes(covariance);
    const PrincipalAxes first = first_axes(covariance, kAxes);
    const at::Tensor axes = first.axes.narrow(0, 0, kAxes);
    const at::Tensor other = all.axes.narrow(0, 0, kAxes);
    CHECK(residual(covariance, all) < 1e-12);
    CHECK(residual(covariance, first) <= 1e-6);
    CHECK(at::allclose(at::matmul(axes, axes.t()), at::eye(kAxes, options), 0, 1e-10));
    CHECK((axes - at::matmul(at::matmul(axes, other.t()), other)).norm().item<double>() < close);
    const double spread = all.variance[0].item<double>();
    CHECK(
        at::allclose(first.variance.narrow(0, 0, kAxes) / spread, all.variance.narrow(0, 0, kAxes) / spread, 0, 1e-9));
  }
}

TEST_CASE("a large part of the axes and a covariance of zeros are found the long way") {
  const at::Tensor covariance = with_variances(at::linspace(3, 1, kWidth, at::kDouble));
  CHECK(at::equal(first_axes(covariance, kWidth / 2).axes, principal_axes(covariance).axes));
  const at::Tensor nothing = at::zeros({kWidth, kWidth}, at::kDouble);
  CHECK(at::equal(first_axes(nothing, 3).axes, principal_axes(nothing).axes));
}
