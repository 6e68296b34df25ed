#include "tandem/analysis/cka.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace tandem;

namespace {

at::Tensor random(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

/// HSIC_1 as its definition says it: the mean over all quadruples of different items of
/// k(i,j) l(i,j) + k(i,j) l(q,r) - 2 k(i,j) l(i,q) (Song et al. 2012, theorem 2).
double slow_hsic(const at::Tensor& x, const at::Tensor& y) {
  const at::Tensor k = at::matmul(x, x.t()).to(at::kDouble);
  const at::Tensor l = at::matmul(y, y.t()).to(at::kDouble);
  const auto K = k.accessor<double, 2>();
  const auto L = l.accessor<double, 2>();
  const std::int64_t n = x.size(0);
  double sum = 0, count = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t q = 0; q < n; ++q) {
        for (std::int64_t r = 0; r < n; ++r) {
          if (i == j || i == q || i == r || j == q || j == r || q == r) continue;
          sum += K[i][j] * (L[i][j] + L[q][r] - 2 * L[i][q]);
          ++count;
        }
      }
    }
  }
  return sum / count;
}

}  // namespace

TEST_CASE("CKA equals its definition over all quadruples") {
  const at::Tensor x = random({14, 5}, 1) + 2;
  const at::Tensor y = at::matmul(x, random({5, 3}, 2)) + 0.5 * random({14, 3}, 3);
  const double expected = slow_hsic(x, y) / std::sqrt(slow_hsic(x, x) * slow_hsic(y, y));
  CHECK(expected > 0.3);
  CHECK(LinearGram(x).cka(LinearGram(y)) == doctest::Approx(expected).epsilon(1e-4));
}

TEST_CASE("CKA is one up to rotation and shift and scale and near nothing for strangers however wide") {
  const at::Tensor x = random({300, 20}, 1);
  const at::Tensor rotation = std::get<0>(at::linalg_qr(random({20, 20}, 2)));
  CHECK(LinearGram(x).cka(LinearGram(at::matmul(x, rotation) * 1e6 + 3e5)) == doctest::Approx(1).epsilon(1e-3));
  CHECK(std::abs(LinearGram(x).cka(LinearGram(random({300, 20}, 3)))) < 0.03);
  CHECK(std::abs(LinearGram(random({300, 4000}, 4)).cka(LinearGram(random({300, 4000}, 5)))) < 0.03);
}

TEST_CASE("CKA with features that do not vary is nothing and NaN is refused") {
  CHECK(LinearGram(random({10, 3}, 1)).cka(LinearGram(at::zeros({10, 3}))) == 0);
  CHECK_THROWS_AS(LinearGram(random({3, 3}, 1)), c10::ValueError);
  CHECK_THROWS_AS(LinearGram(at::zeros({10, 3}) / 0), c10::ValueError);
  CHECK_THROWS_AS(LinearGram(random({10, 3}, 1)).cka(LinearGram(random({11, 3}, 1))), c10::ValueError);
}
