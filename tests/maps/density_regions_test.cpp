#include "tandem/maps/density_regions.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/TensorAccessor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

using namespace tandem;

namespace {

at::Tensor cloud(double x, double y, std::int64_t count, std::uint64_t seed) {
  return 0.3 * at::randn({count, 2}, at::detail::createCPUGenerator(seed), at::kDouble) +
         at::tensor({x, y}, at::kDouble);
}

}  // namespace

TEST_CASE("clouds that are apart are regions of their own, the largest first, with their peaks in their middle") {
  const at::Tensor points = at::cat({cloud(0, 0, 40, 1), cloud(5, 0, 90, 2), cloud(0, 6, 60, 3)});
  const DensityRegions regions = density_regions(point_density(points, 0.6), points);
  REQUIRE(regions.counts == std::vector<std::int64_t>{90, 60, 40});
  CHECK(regions.of.size() == 190);
  for (std::size_t i = 0; i < 190; ++i) CHECK(regions.of[i] == (i < 40 ? 2 : i < 130 ? 0 : 1));
  CHECK(std::abs(regions.peaks[0].x - 5) < 0.3);
  CHECK(std::abs(regions.peaks[1].y - 6) < 0.3);
  CHECK(std::abs(regions.peaks[2].x) < 0.3);
}

TEST_CASE("a region's points are all that climb to its peak, by the definition") {
  const at::Tensor points = at::randn({300, 2}, at::detail::createCPUGenerator(4), at::kDouble);
  const DensityGrid grid = point_density(points, 0.2, 60);
  const DensityRegions regions = density_regions(grid, points);
  const auto at = points.accessor<double, 2>();
  for (std::int64_t i = 0; i < 300; ++i) {
    auto column = static_cast<std::int64_t>(std::llround((at[i][0] - grid.origin.x) / grid.step));
    auto row = static_cast<std::int64_t>(std::llround((at[i][1] - grid.origin.y) / grid.step));
    for (bool is_peak = false; !is_peak;) {
      std::int64_t best_column = column, best_row = row;
      for (std::int64_t r = row - 1; r <= row + 1; ++r) {
        for (std::int64_t c = column - 1; c <= column + 1; ++c) {
          if (r >= 0 && c >= 0 && r < grid.rows && c < grid.columns && grid.at(c, r) > grid.at(best_column, best_row)) {
            best_column = c;
            best_row = r;
          }
        }
      }
      is_peak = best_column == column && best_row == row;
      column = best_column;
      row = best_row;
    }
    const MapPlace peak = grid.place(column, row);
    CHECK(peak.x == regions.peaks[regions.of[i]].x);
    CHECK(peak.y == regions.peaks[regions.of[i]].y);
  }
  CHECK(std::accumulate(regions.counts.begin(), regions.counts.end(), std::int64_t{0}) == 300);
}

TEST_CASE("a wider bandwidth leaves fewer regions, and a plateau is one") {
  const at::Tensor points = at::randn({400, 2}, at::detail::createCPUGenerator(7), at::kDouble);
  const auto count = [&](double bandwidth) {
    return density_regions(point_density(points, bandwidth), points).peaks.size();
  };
  CHECK(count(0.1) > count(0.3));
  CHECK(count(1.5) == 1);
  const DensityGrid flat{.columns = 3, .rows = 3, .origin = {0, 0}, .step = 1, .values = std::vector<double>(9, 1.0)};
  const DensityRegions one = density_regions(flat, at::tensor({0.0, 0.0, 2.0, 2.0}, at::kDouble).view({2, 2}));
  CHECK(one.counts == std::vector<std::int64_t>{2});
  CHECK_THROWS_AS(density_regions(flat, at::zeros({2, 3})), c10::ValueError);
}
