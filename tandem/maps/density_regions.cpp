#include "tandem/maps/density_regions.h"

#include <ATen/core/TensorAccessor.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// The value that is the highest among the eight neighbours and itself. Between equal values the one
/// with the lower number is the higher, so that a plateau has one peak and no climb runs in a circle.
std::int64_t step_up(const DensityGrid& grid, std::int64_t from) {
  const std::int64_t column = from % grid.columns, row = from / grid.columns;
  std::int64_t best = from;
  for (std::int64_t r = std::max<std::int64_t>(row - 1, 0); r <= std::min(row + 1, grid.rows - 1); ++r) {
    for (std::int64_t c = std::max<std::int64_t>(column - 1, 0); c <= std::min(column + 1, grid.columns - 1); ++c) {
      const std::int64_t other = r * grid.columns + c;
      const double value = grid.values[other], highest = grid.values[best];
      if (value > highest || (value == highest && other < best)) best = other;
    }
  }
  return best;
}

/// For every value of the grid the number of the peak it climbs to.
std::vector<std::int64_t> peaks_of_values(const DensityGrid& grid) {
  std::vector<std::int64_t> peak(grid.values.size(), -1);
  std::vector<std::int64_t> path;
  for (std::int64_t start = 0; start < std::ssize(peak); ++start) {
    path.clear();
    std::int64_t here = start;
    while (peak[here] < 0) {
      path.push_back(here);
      const std::int64_t next = step_up(grid, here);
      if (next == here) peak[here] = here;
      here = next;
    }
    for (const std::int64_t passed : path) peak[passed] = peak[here];
  }
  return peak;
}

std::int64_t nearest_value(const DensityGrid& grid, double x, double y) {
  const auto step = [&](double place, double origin, std::int64_t count) {
    return std::clamp<std::int64_t>(std::llround((place - origin) / grid.step), 0, count - 1);
  };
  return step(y, grid.origin.y, grid.rows) * grid.columns + step(x, grid.origin.x, grid.columns);
}

}  // namespace

DensityRegions density_regions(const DensityGrid& grid, const at::Tensor& points) {
  check_shape("density_regions", "points", points, {kAnySize, 2});
  check_finite("density_regions", "points", points);
  const at::Tensor places = points.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto place = places.accessor<double, 2>();
  const std::vector<std::int64_t> peak = peaks_of_values(grid);
  std::vector<std::int64_t> count(peak.size(), 0), climbed;
  for (std::int64_t i = 0; i < places.size(0); ++i) {
    climbed.push_back(peak[nearest_value(grid, place[i][0], place[i][1])]);
    ++count[climbed.back()];
  }
  std::vector<std::int64_t> order;
  for (std::int64_t value = 0; value < std::ssize(count); ++value) {
    if (count[value] > 0) order.push_back(value);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return count[a] > count[b]; });
  DensityRegions regions;
  std::vector<std::int64_t> number(count.size(), -1);
  for (const std::int64_t value : order) {
    number[value] = std::ssize(regions.peaks);
    regions.peaks.push_back(grid.place(value % grid.columns, value / grid.columns));
    regions.counts.push_back(count[value]);
  }
  for (const std::int64_t value : climbed) regions.of.push_back(number[value]);
  return regions;
}

}  // namespace tandem
