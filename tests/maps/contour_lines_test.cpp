#include "tandem/maps/contour_lines.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/TensorAccessor.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

using namespace tandem;

namespace {

/// Values of a function on a grid from (-2, -2) to (2, 2).
template <typename Function>
DensityGrid grid_of(const Function& function, std::int64_t side = 81) {
  DensityGrid grid{.columns = side, .rows = side, .origin = {-2, -2}, .step = 4 / static_cast<double>(side - 1)};
  for (std::int64_t row = 0; row < side; ++row) {
    for (std::int64_t column = 0; column < side; ++column) {
      const MapPlace place = grid.place(column, row);
      grid.values.push_back(function(place.x, place.y));
    }
  }
  return grid;
}

bool is_closed(const ContourLine& line) { return line.front().x == line.back().x && line.front().y == line.back().y; }

/// Twice the area to the left of a closed line, by the shoelace formula.
double doubled_area(const ContourLine& line) {
  double area = 0;
  for (std::size_t i = 1; i < line.size(); ++i) area += line[i - 1].x * line[i].y - line[i].x * line[i - 1].y;
  return area;
}

}  // namespace

TEST_CASE("the contour of a cone is one closed circle of the right radius with the peak on its left") {
  const DensityGrid grid = grid_of([](double x, double y) { return 2 - std::hypot(x, y); });
  const std::vector<ContourLine> lines = contour_lines(grid, 0.8);
  REQUIRE(lines.size() == 1);
  CHECK(is_closed(lines[0]));
  for (const MapPlace& place : lines[0]) CHECK(std::hypot(place.x, place.y) == doctest::Approx(1.2).epsilon(0.002));
  CHECK(doubled_area(lines[0]) / 2 == doctest::Approx(3.14159 * 1.44).epsilon(0.005));
}

TEST_CASE("two peaks have two lines above their saddle and one below, and a hole has its own") {
  const DensityGrid peaks = grid_of([](double x, double y) {
    return std::exp(-4 * ((x - 1) * (x - 1) + y * y)) + std::exp(-4 * ((x + 1) * (x + 1) + y * y));
  });
  CHECK(contour_lines(peaks, 0.3).size() == 2);
  CHECK(contour_lines(peaks, 0.02).size() == 1);
  CHECK(contour_lines(peaks, 5).empty());
  const std::vector<ContourLine> ring =
      contour_lines(grid_of([](double x, double y) { return -std::abs(std::hypot(x, y) - 1); }), -0.3);
  REQUIRE(ring.size() == 2);
  CHECK(doubled_area(ring[0]) * doubled_area(ring[1]) < 0);  // around the hole it runs the other way
}

TEST_CASE("a slope has one open line from edge to edge") {
  const std::vector<ContourLine> lines = contour_lines(grid_of([](double x, double) { return x; }, 21), 0.5);
  REQUIRE(lines.size() == 1);
  CHECK_FALSE(is_closed(lines[0]));
  CHECK(lines[0].size() == 21);
  for (const MapPlace& place : lines[0]) CHECK(place.x == doctest::Approx(0.5));
  CHECK(std::abs(lines[0].front().y - lines[0].back().y) == doctest::Approx(4));
}

TEST_CASE("at a saddle the middle of the cell decides, and no segment is lost or doubled") {
  DensityGrid saddle{.columns = 2, .rows = 2, .origin = {0, 0}, .step = 1, .values = {1, 0, 0, 1}};
  for (const double level : {0.4, 0.6}) {
    const std::vector<ContourLine> lines = contour_lines(saddle, level);
    REQUIRE(lines.size() == 2);
    for (const ContourLine& line : lines) CHECK(line.size() == 2);
  }
  // Below the mean the ones are joined: the lines cut the zeros off. Above it they are apart.
  const auto cuts_lower_right = [](const std::vector<ContourLine>& lines) {
    for (const ContourLine& line : lines) {
      if (line[0].y == 0 && line[1].x == 1) return true;
    }
    return false;
  };
  CHECK(cuts_lower_right(contour_lines(saddle, 0.4)));
  CHECK_FALSE(cuts_lower_right(contour_lines(saddle, 0.6)));
}

TEST_CASE("every place of a contour of random values has the level, and the lines are the same twice") {
  const at::Tensor points = at::randn({200, 2}, at::detail::createCPUGenerator(5), at::kDouble);
  const DensityGrid grid = point_density(points, 0.15);
  const std::vector<ContourLine> lines = contour_lines(grid, 20);
  const std::vector<ContourLine> again = contour_lines(grid, 20);
  REQUIRE(lines.size() > 1);
  REQUIRE(lines.size() == again.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(lines[i].size() == again[i].size());
    CHECK(is_closed(lines[i]));  // the density vanishes at the edge
    for (const MapPlace& place : lines[i]) CHECK(grid.interpolated(place) == doctest::Approx(20));
  }
}

TEST_CASE("a level's region holds the share of the points that was asked for") {
  const at::Tensor points = at::randn({1000, 2}, at::detail::createCPUGenerator(6), at::kDouble);
  const DensityGrid grid = point_density(points, 0.3);
  const std::vector<double> shares = {0.9, 0.5, 0.1, 1, 0};
  const std::vector<double> levels = density_levels(grid, points, shares);
  const auto at = points.accessor<double, 2>();
  for (std::size_t k = 0; k < shares.size(); ++k) {
    std::int64_t inside = 0;
    for (std::int64_t i = 0; i < 1000; ++i) inside += grid.interpolated({at[i][0], at[i][1]}) >= levels[k];
    CHECK(std::abs(static_cast<double>(inside) - 1000 * shares[k]) <= 1);
  }
  CHECK_THROWS_WITH_AS(density_levels(grid, points, {1.5}), doctest::Contains("shares must be from 0 to 1, got 1.5"),
                       c10::ValueError);
  CHECK_THROWS_AS(density_levels(grid, at::zeros({0, 2}), {0.5}), c10::ValueError);
}
