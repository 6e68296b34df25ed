#include "tandem/maps/randomised_pca.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "mixture.h"

using tandem::fit_pca;
using tandem::fit_pca_randomised;
using tandem::Pca;
using tandem::tests::mixture;

namespace {

/// 20 clusters in 300 columns, the columns scaled so that the spectrum falls.
at::Tensor wide_rows() { return mixture(260, 300).to(at::kDouble) * (-at::arange(300, at::kDouble) / 40).exp() + 5; }

}  // namespace

TEST_CASE("randomised PCA of a falling spectrum equals that by the covariance") {
  const at::Tensor rows = wide_rows();
  const Pca exact = fit_pca(rows, 6);
  const Pca found = fit_pca_randomised(rows, 6);
  CHECK(at::allclose(found.mean, exact.mean));
  CHECK(found.total_variance == doctest::Approx(exact.total_variance).epsilon(1e-10));
  CHECK(at::allclose(found.explained_variance, exact.explained_variance, 1e-6, 0));
  CHECK(at::allclose(found.components, exact.components, 0, 1e-4));
}

TEST_CASE("randomised components of float32 rows are orthonormal and span the exact ones") {
  const at::Tensor rows = wide_rows().to(at::kFloat);
  const Pca exact = fit_pca(rows.to(at::kDouble), 4);
  const Pca found = fit_pca_randomised(rows, 4);
  CHECK(at::allclose(at::matmul(found.components, found.components.t()), at::eye(4, at::kDouble), 0, 1e-10));
  const at::Tensor cosines = at::matmul(found.components, exact.components.t());
  CHECK(at::allclose(at::matmul(cosines, cosines.t()), at::eye(4, at::kDouble), 0, 1e-5));
}

TEST_CASE("randomised PCA is the same bits on one thread and on two, and for a seed") {
  const at::Tensor rows = mixture(2500, 40);
  at::set_num_threads(1);
  const Pca one = fit_pca_randomised(rows, 3, {.seed = 9});
  at::set_num_threads(2);
  const Pca two = fit_pca_randomised(rows, 3, {.seed = 9});
  CHECK(at::equal(one.components, two.components));
  CHECK(one.total_variance == two.total_variance);
}

TEST_CASE("constant rows have orthonormal randomised components without variance") {
  const Pca pca = fit_pca_randomised(at::full({10, 30}, 3.5, at::kFloat), 3);
  CHECK(at::allclose(at::matmul(pca.components, pca.components.t()), at::eye(3, at::kDouble), 0, 1e-10));
  CHECK(pca.total_variance == 0);
  CHECK(pca.explained_variance.max().item<double>() == 0);
}

TEST_CASE("randomised PCA refuses a k out of range and no iterations") {
  CHECK_THROWS_WITH_AS(fit_pca_randomised(mixture(6, 4), 5), doctest::Contains("k must be from 1 to D = 4, got 5"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(fit_pca_randomised(mixture(6, 4), 2, {.power_iterations = 0}),
                       doctest::Contains("power_iterations at least 1"), c10::ValueError);
}
