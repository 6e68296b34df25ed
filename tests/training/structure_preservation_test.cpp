#include "tandem/training/structure_preservation.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace tandem;

namespace {

using Matrix = std::vector<std::vector<double>>;

at::Tensor drawn(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kDouble));
}

Matrix neighbourhoods(const at::Tensor& rows, double temperature) {
  const std::int64_t n = rows.size(0);
  const std::int64_t d = rows.size(1);
  Matrix x(n, std::vector<double>(d)), p(n, std::vector<double>(n));
  for (int i = 0; i < n; ++i) {
    double norm = 0;
    for (int k = 0; k < d; ++k) norm += std::pow(rows[i][k].item<double>(), 2);
    for (int k = 0; k < d; ++k) x[i][k] = rows[i][k].item<double>() / std::sqrt(norm);
  }
  for (int k = 0; k < d; ++k) {
    double mean = 0;
    for (int i = 0; i < n; ++i) mean += x[i][k] / static_cast<double>(n);
    for (int i = 0; i < n; ++i) x[i][k] -= mean;
  }
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int j = 0; j < n; ++j) {
      double dot = 0;
      for (int k = 0; k < d; ++k) dot += x[i][k] * x[j][k];
      sum += p[i][j] = std::exp(dot / temperature);
    }
    for (double& value : p[i]) value /= sum;
  }
  return p;
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.size(), std::vector<double>(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j)
      for (std::size_t k = 0; k < a.size(); ++k) c[i][j] += a[i][k] * b[k][j];
  return c;
}

double divergence(const Matrix& p, const Matrix& q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (std::size_t j = 0; j < p.size(); ++j) {
      const double middle = (p[i][j] + q[i][j]) / 2;
      sum += (p[i][j] * std::log(p[i][j] / middle) + q[i][j] * std::log(q[i][j] / middle)) / 2;
    }
  }
  return sum / static_cast<double>(p.size());
}

}  // namespace

TEST_CASE("structure_difference equals its definition at every level") {
  const at::Tensor features = drawn({7, 5}, 1);
  const at::Tensor embedding = drawn({7, 3}, 2);
  const Matrix p = neighbourhoods(features, 0.2);
  const Matrix q = neighbourhoods(embedding, 0.2);
  const double first = divergence(p, q);
  const double second = divergence(product(p, p), product(q, q));
  const double third = divergence(product(product(p, p), p), product(product(q, q), q));
  const auto difference = [&](std::int64_t levels) {
    return structure_difference(features, embedding, {.levels = levels, .temperature = 0.2}).item<double>();
  };
  CHECK(difference(1) == doctest::Approx(first).epsilon(1e-8));
  CHECK(difference(3) == doctest::Approx((first + second / 2 + third / 3) / 3).epsilon(1e-8));
}

TEST_CASE("structure_difference is nothing for a turned and stretched copy and bounded for strangers") {
  const at::Tensor features = drawn({50, 6}, 1);
  CHECK(structure_difference(features, features.flip({1}) * 3, {}).item<double>() ==
        doctest::Approx(0).scale(1).epsilon(1e-9));
  const double strange = structure_difference(features, drawn({50, 6}, 2), {}).item<double>();
  CHECK(strange > 0.05);
  CHECK(strange < std::log(2.0));
}

TEST_CASE("the gradient of structure_difference equals finite differences") {
  const at::Tensor features = drawn({6, 5}, 1);
  const at::Tensor embedding = drawn({6, 3}, 2).requires_grad_();
  const StructureOptions options = {.levels = 2, .temperature = 0.3};
  structure_difference(features, embedding, options).backward();
  for (int i = 0; i < 6; ++i) {
    const auto moved = [&](double by) {
      at::Tensor other = embedding.detach().clone();
      other[i][1] += by;
      return structure_difference(features, other, options).item<double>();
    };
    CHECK(embedding.grad()[i][1].item<double>() ==
          doctest::Approx((moved(1e-5) - moved(-1e-5)) / 2e-5).epsilon(1e-5).scale(1));
  }
}

TEST_CASE("structure_difference names what does not fit") {
  CHECK_THROWS_WITH_AS(structure_difference(drawn({6, 5}, 1), drawn({5, 3}, 2), {}),
                       doctest::Contains("embedding must be [6, *], got [5, 3]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(structure_difference(drawn({6, 5}, 1), drawn({6, 3}, 2), {.temperature = 0}),
                       doctest::Contains("must be positive"), c10::ValueError);
}
