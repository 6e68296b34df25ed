#include "tandem/analysis/mutual_knn.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace tandem;

namespace {

at::Tensor random_rows(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

std::vector<std::int64_t> slow_neighbours(const at::Tensor& x, std::int64_t row, std::int64_t k) {
  std::vector<std::int64_t> others;
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    if (i != row) others.push_back(i);
  }
  const auto cosine = [&](std::int64_t i) { return (x[row].dot(x[i]) / (x[row].norm() * x[i].norm())).item<double>(); };
  std::stable_sort(others.begin(), others.end(), [&](std::int64_t a, std::int64_t b) { return cosine(a) > cosine(b); });
  others.resize(k);
  std::sort(others.begin(), others.end());
  return others;
}

}  // namespace

TEST_CASE("mutual nearest neighbours equal their definition") {
  constexpr std::int64_t kRows = 40, kNear = 6;
  const at::Tensor x = random_rows({kRows, 8}, 1);
  const at::Tensor y = x.narrow(1, 0, 5) + 0.4 * random_rows({kRows, 5}, 2);
  double shared = 0;
  for (std::int64_t row = 0; row < kRows; ++row) {
    const auto a = slow_neighbours(x, row, kNear);
    const auto b = slow_neighbours(y, row, kNear);
    std::vector<std::int64_t> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    shared += static_cast<double>(both.size()) / kNear;
  }
  const at::Tensor a = nearest_others(x, kNear);
  const at::Tensor b = nearest_others(y, kNear);
  CHECK(mutual_knn(a, b) == doctest::Approx(shared / kRows));
  CHECK(mutual_knn(a, a) == 1);
}

TEST_CASE("strangers share as many neighbours as chance says and no row is its own neighbour") {
  const at::Tensor a = nearest_others(random_rows({400, 30}, 1), 10);
  const at::Tensor b = nearest_others(random_rows({400, 30}, 2), 10);
  CHECK(mutual_knn(a, b) == doctest::Approx(10.0 / 399).epsilon(0.25));
  const at::Tensor twins = nearest_others(at::ones({5, 3}), 4);
  for (std::int64_t i = 0; i < 5; ++i) CHECK(!(twins[i] == i).any().item<bool>());
  CHECK_THROWS_AS(nearest_others(random_rows({5, 3}, 1), 5), c10::ValueError);
}
