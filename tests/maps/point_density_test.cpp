#include "tandem/maps/point_density.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/TensorAccessor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>

using namespace tandem;

namespace {

at::Tensor some_points(std::int64_t count) {
  return at::randn({count, 2}, at::detail::createCPUGenerator(3), at::kDouble);
}

/// The definition: a sum of Gaussians, one for each point.
double defined_density(const at::Tensor& points, double bandwidth, MapPlace place) {
  const auto at = points.accessor<double, 2>();
  double sum = 0;
  for (std::int64_t i = 0; i < points.size(0); ++i) {
    const double dx = (place.x - at[i][0]) / bandwidth, dy = (place.y - at[i][1]) / bandwidth;
    sum += std::exp(-(dx * dx + dy * dy) / 2);
  }
  return sum / (2 * std::numbers::pi * bandwidth * bandwidth);
}

}  // namespace

TEST_CASE("the density on the grid is the sum of the points' Gaussians") {
  const at::Tensor points = some_points(60);
  const DensityGrid grid = point_density(points, 0.4);
  double highest = 0;
  for (const double value : grid.values) highest = std::max(highest, value);
  for (std::int64_t row = 0; row < grid.rows; row += 7) {
    for (std::int64_t column = 0; column < grid.columns; column += 5) {
      // The kernel is cut at three bandwidths and the points are shared among the corners of their cell.
      CHECK(std::abs(grid.at(column, row) - defined_density(points, 0.4, grid.place(column, row))) < 0.012 * highest);
    }
  }
}

TEST_CASE("the whole density is the number of points, and the grid reaches three bandwidths beyond them") {
  const at::Tensor points = at::tensor({0.0, 0.0, 10.0, 0.0, 10.0, 1.0}, at::kDouble).view({3, 2});
  const DensityGrid grid = point_density(points, 0.5, 100);
  double sum = 0;
  for (const double value : grid.values) sum += value * grid.step * grid.step;
  CHECK(std::abs(sum - 3) < 0.02);  // what lies beyond three bandwidths is missing
  CHECK(grid.columns == 100);
  CHECK(grid.rows < 40);
  CHECK(grid.origin.x == doctest::Approx(-1.5));
  CHECK(grid.place(0, grid.rows - 1).y >= 2.5 - grid.step);
}

TEST_CASE("interpolation gives the values at the corners, means between them and the edge beyond") {
  const DensityGrid grid{.columns = 2, .rows = 2, .origin = {1, 2}, .step = 2, .values = {0, 4, 8, 12}};
  CHECK(grid.interpolated({1, 2}) == 0);
  CHECK(grid.interpolated({3, 4}) == 12);
  CHECK(grid.interpolated({2, 2}) == 2);
  CHECK(grid.interpolated({2, 3}) == 6);
  CHECK(grid.interpolated({-50, 99}) == 8);
}

TEST_CASE("one point, or many at one place, have a density") {
  const DensityGrid one = point_density(at::zeros({1, 2}), 1);
  CHECK(one.interpolated({0, 0}) == doctest::Approx(1 / (2 * std::numbers::pi)).epsilon(0.02));
  CHECK(point_density(at::zeros({5, 2}), 1).interpolated({0, 0}) == doctest::Approx(5 * one.interpolated({0, 0})));
}

TEST_CASE("a density is refused without points, with points that are not finite and without a bandwidth") {
  CHECK_THROWS_WITH_AS(point_density(at::zeros({0, 2}), 1), doctest::Contains("at least one row, got none"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(point_density(at::zeros({3, 3}), 1), doctest::Contains("points must be [*, 2], got [3, 3]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(point_density(at::full({1, 2}, std::numeric_limits<double>::infinity()), 1),
                       doctest::Contains("points must be finite"), c10::ValueError);
  CHECK_THROWS_WITH_AS(point_density(at::zeros({1, 2}), 0), doctest::Contains("bandwidth must be above 0, got 0"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(point_density(at::zeros({1, 2}), 1, 1), doctest::Contains("side must be from 2 to 4096, got 1"),
                       c10::ValueError);
}
