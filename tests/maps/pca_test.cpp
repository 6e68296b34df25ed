#include "tandem/maps/pca.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sign.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "mixture.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using tandem::fit_pca;
using tandem::Pca;
using tandem::tests::mixture;

namespace {

bool orthonormal(const at::Tensor& components) {
  const at::Tensor product = at::matmul(components, components.t());
  return at::allclose(product, at::eye(components.size(0), product.options()), 0, 1e-10);
}

}  // namespace

TEST_CASE("PCA equals scikit-learn up to the signs") {
  const auto reference = tandem::SafetensorsFile::open(tandem::tests::reference_dir() / "maps" / "maps.safetensors");
  const at::Tensor rows = mixture(200, 12).to(at::kDouble);
  const Pca pca = fit_pca(rows, 5);
  const at::Tensor components = reference.tensor("pca_components", {5, 12});
  const at::Tensor signs = at::sign((components * pca.components).sum(1));
  CHECK(at::allclose(pca.mean, reference.tensor("pca_mean"), 0, 1e-9));
  CHECK(at::allclose(pca.explained_variance, reference.tensor("pca_variance"), 1e-9, 0));
  CHECK(at::allclose(pca.components * signs.unsqueeze(1), components, 0, 1e-8));
  CHECK(at::allclose(project(pca, rows.narrow(0, 0, 7)).to(at::kDouble) * signs, reference.tensor("pca_projected"), 0,
                     1e-6));
}

TEST_CASE("components are orthonormal with a positive largest entry and variances that add up") {
  const Pca pca = fit_pca(mixture(150, 9), 9);
  CHECK(orthonormal(pca.components));
  CHECK(pca.explained_variance.sum().item<double>() == doctest::Approx(pca.total_variance).epsilon(1e-12));
  for (std::int64_t c = 0; c < 9; ++c) {
    const at::Tensor component = pca.components[c];
    CHECK(component.max().item<double>() == doctest::Approx(component.abs().max().item<double>()));
  }
}

TEST_CASE(
    "float32 rows span the same subspace as in double to 1e-5, in more blocks than one and far from the origin too") {
  const at::Tensor rows = mixture(2500, 200) + 100;  // 2,500 rows and 200 columns end in short blocks
  const Pca in_double = fit_pca(rows.to(at::kDouble), 19);
  const Pca in_float = fit_pca(rows, 19);
  CHECK(orthonormal(in_float.components));
  CHECK(at::allclose(in_float.explained_variance, in_double.explained_variance, 1e-5, 0));
  const at::Tensor inside = at::matmul(at::matmul(in_float.components, in_double.components.t()), in_double.components);
  CHECK((in_float.components - inside).norm().item<double>() < 1e-5);
}

TEST_CASE("rows far from the origin keep their components") {
  const Pca near = fit_pca(mixture(150, 9).to(at::kDouble), 2);
  const Pca far = fit_pca(mixture(150, 9).to(at::kDouble) + 1e6, 2);
  CHECK(at::allclose(near.components, far.components, 0, 1e-6));
}

TEST_CASE("rows whose squares leave the range of float32 keep their components") {
  const at::Tensor rows = mixture(150, 9);
  const Pca pca = fit_pca(rows, 3);
  for (const double factor : {1e30, 1e-30})
    CHECK(at::allclose(fit_pca(rows * factor, 3).components, pca.components, 0, 1e-5));
}

TEST_CASE("constant rows have orthonormal components without variance") {
  const Pca pca = fit_pca(at::full({10, 4}, 3.5, at::kFloat), 3);
  CHECK(orthonormal(pca.components));
  CHECK(pca.total_variance == 0);
  CHECK(project(pca, at::full({2, 4}, 3.5, at::kFloat)).abs().max().item<float>() == 0);
}

TEST_CASE("fewer rows than components leave the last ones without variance") {
  const Pca pca = fit_pca(mixture(3, 8).to(at::kDouble), 6);
  CHECK(orthonormal(pca.components));
  CHECK(pca.explained_variance[1].item<double>() > 0.01);
  CHECK(pca.explained_variance[2].item<double>() < 1e-12);
}

TEST_CASE("PCA is the same bits on one thread and on two") {
  const at::Tensor rows = mixture(400, 130);
  at::set_num_threads(1);
  const Pca one = fit_pca(rows, 7);
  at::set_num_threads(2);
  const Pca two = fit_pca(rows, 7);
  CHECK(at::equal(one.components, two.components));
  CHECK(at::equal(project(one, rows), project(two, rows)));
}

TEST_CASE("PCA refuses NaN and a k out of range and another width") {
  at::Tensor rows = mixture(6, 4);
  CHECK_THROWS_WITH_AS(fit_pca(rows, 5), doctest::Contains("fit_pca: k must be from 1 to D = 4, got 5"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(project(fit_pca(rows, 2), mixture(3, 5)),
                       doctest::Contains("project: rows must be [*, 4], got [3, 5]"), c10::ValueError);
  CHECK_THROWS_AS(fit_pca(rows.narrow(0, 0, 0), 1), c10::ValueError);
  rows[2][0] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(fit_pca(rows, 2), doctest::Contains("NaN or infinity in row 2"), c10::ValueError);
}
