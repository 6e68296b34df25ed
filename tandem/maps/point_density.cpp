#include "tandem/maps/point_density.h"

#include <ATen/core/TensorAccessor.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kReach = 3;  // bandwidths around the points, and of the kernel

/// The column or row at or before a place, and the share of the one after it.
struct Between {
  std::int64_t before = 0;
  double share = 0;
};

Between between(double place, double origin, double step, std::int64_t count) {
  const double steps = std::clamp((place - origin) / step, 0.0, static_cast<double>(count - 1));
  const auto before = std::min(static_cast<std::int64_t>(steps), std::max<std::int64_t>(count - 2, 0));
  return {before, steps - static_cast<double>(before)};
}

/// Half of a Gaussian at whole steps, normalised so that the whole kernel sums to 1.
std::vector<double> half_kernel(double bandwidth_steps) {
  std::vector<double> kernel;
  const auto reach = static_cast<std::int64_t>(std::ceil(kReach * bandwidth_steps));
  double sum = 0;
  for (std::int64_t i = 0; i <= reach; ++i) {
    const double z = static_cast<double>(i) / bandwidth_steps;
    kernel.push_back(std::exp(-z * z / 2));
    sum += i == 0 ? kernel.back() : 2 * kernel.back();
  }
  for (double& weight : kernel) weight /= sum;
  return kernel;
}

/// Every value becomes the weighted mean of its neighbours `stride` apart; there is nothing beyond
/// the ends.
void blur_line(std::vector<double>& values, std::int64_t begin, std::int64_t count, std::int64_t stride,
               const std::vector<double>& kernel) {
  std::vector<double> line(count);
  for (std::int64_t i = 0; i < count; ++i) line[i] = values[begin + i * stride];
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = kernel[0] * line[i];
    for (std::int64_t k = 1; k < std::ssize(kernel); ++k) {
      if (i >= k) sum += kernel[k] * line[i - k];
      if (i + k < count) sum += kernel[k] * line[i + k];
    }
    values[begin + i * stride] = sum;
  }
}

}  // namespace

double DensityGrid::interpolated(MapPlace place) const {
  const auto [column, right] = between(place.x, origin.x, step, columns);
  const auto [row, up] = between(place.y, origin.y, step, rows);
  const std::int64_t next_column = std::min(column + 1, columns - 1);
  const std::int64_t next_row = std::min(row + 1, rows - 1);
  return (1 - up) * ((1 - right) * at(column, row) + right * at(next_column, row)) +
         up * ((1 - right) * at(column, next_row) + right * at(next_column, next_row));
}

DensityGrid point_density(const at::Tensor& points, double bandwidth, std::int64_t side) {
  check_shape("point_density", "points", points, {kAnySize, 2});
  check_finite("point_density", "points", points);
  TORCH_CHECK_VALUE(points.size(0) > 0, "point_density: points must have at least one row, got none");
  TORCH_CHECK_VALUE(bandwidth > 0 && std::isfinite(bandwidth), "point_density: bandwidth must be above 0, got ",
                    bandwidth);
  TORCH_CHECK_VALUE(side >= 2 && side <= 4096, "point_density: side must be from 2 to 4096, got ", side);
  const at::Tensor values = points.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto place = values.accessor<double, 2>();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  MapPlace low{kInfinity, kInfinity}, high{-kInfinity, -kInfinity};
  for (std::int64_t i = 0; i < values.size(0); ++i) {
    low = {std::min(low.x, place[i][0]), std::min(low.y, place[i][1])};
    high = {std::max(high.x, place[i][0]), std::max(high.y, place[i][1])};
  }
  const double margin = kReach * bandwidth;
  const double width = high.x - low.x + 2 * margin, height = high.y - low.y + 2 * margin;
  DensityGrid grid{.origin = {low.x - margin, low.y - margin},
                   .step = std::max(width, height) / static_cast<double>(side - 1)};
  grid.columns = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(width / grid.step)) + 1, 2, side);
  grid.rows = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(height / grid.step)) + 1, 2, side);
  grid.values.assign(grid.columns * grid.rows, 0);
  for (std::int64_t i = 0; i < values.size(0); ++i) {
    const auto [column, right] = between(place[i][0], grid.origin.x, grid.step, grid.columns);
    const auto [row, up] = between(place[i][1], grid.origin.y, grid.step, grid.rows);
    double* corner = &grid.values[row * grid.columns + column];
    corner[0] += (1 - right) * (1 - up);
    corner[1] += right * (1 - up);
    corner[grid.columns] += (1 - right) * up;
    corner[grid.columns + 1] += right * up;
  }
  const std::vector<double> kernel = half_kernel(bandwidth / grid.step);
  for (std::int64_t r = 0; r < grid.rows; ++r) blur_line(grid.values, r * grid.columns, grid.columns, 1, kernel);
  for (std::int64_t c = 0; c < grid.columns; ++c) blur_line(grid.values, c, grid.rows, grid.columns, kernel);
  const double area = grid.step * grid.step;
  for (double& value : grid.values) value /= area;
  return grid;
}

}  // namespace tandem
