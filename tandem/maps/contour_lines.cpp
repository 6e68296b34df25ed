#include "tandem/maps/contour_lines.h"

#include <ATen/core/TensorAccessor.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// The edges of a cell, each named by the value it begins at: horizontal ones are even, vertical
/// ones odd.
class ContourTracer {
 public:
  ContourTracer(const DensityGrid& grid, double level) : grid_(grid), level_(level) {
    for (std::int64_t row = 0; row + 1 < grid.rows; ++row) {
      for (std::int64_t column = 0; column + 1 < grid.columns; ++column) add_cell(column, row);
    }
  }

  std::vector<ContourLine> lines() {
    // Open lines begin where no other segment ends.
    std::map<std::int64_t, bool> is_reached;
    for (const auto& [from, to] : next_) is_reached[to] = true;
    std::vector<ContourLine> found;
    for (const std::int64_t from : starts_) {
      if (!is_reached.contains(from)) found.push_back(follow(from));
    }
    for (const std::int64_t from : starts_) {
      if (next_.contains(from)) found.push_back(follow(from));
    }
    return found;
  }

 private:
  std::int64_t horizontal(std::int64_t column, std::int64_t row) const { return 2 * (row * grid_.columns + column); }
  std::int64_t vertical(std::int64_t column, std::int64_t row) const { return horizontal(column, row) + 1; }

  /// The place on an edge where the value is the level.
  MapPlace crossing(std::int64_t edge) const {
    const std::int64_t corner = edge / 2;
    const std::int64_t other = edge % 2 == 0 ? corner + 1 : corner + grid_.columns;
    const double a = grid_.values[corner], b = grid_.values[other];
    const MapPlace from = grid_.place(corner % grid_.columns, corner / grid_.columns);
    const double along = grid_.step * (level_ - a) / (b - a);
    return edge % 2 == 0 ? MapPlace{from.x + along, from.y} : MapPlace{from.x, from.y + along};
  }

  void join(std::int64_t from, std::int64_t to) {
    next_[from] = to;
    starts_.push_back(from);
  }

  /// The segments of one cell, with the higher values on their left.
  void add_cell(std::int64_t column, std::int64_t row) {
    const auto inside = [&](std::int64_t c, std::int64_t r) { return grid_.at(c, r) >= level_; };
    const int corners = inside(column, row) + 2 * inside(column + 1, row) + 4 * inside(column + 1, row + 1) +
                        8 * inside(column, row + 1);
    const std::int64_t below = horizontal(column, row), above = horizontal(column, row + 1);
    const std::int64_t left = vertical(column, row), right = vertical(column + 1, row);
    const auto middle_is_inside = [&] {
      return (grid_.at(column, row) + grid_.at(column + 1, row) + grid_.at(column + 1, row + 1) +
              grid_.at(column, row + 1)) /
                 4 >=
             level_;
    };
    switch (corners) {
      case 1:
        return join(below, left);
      case 2:
        return join(right, below);
      case 3:
        return join(right, left);
      case 4:
        return join(above, right);
      case 6:
        return join(above, below);
      case 7:
        return join(above, left);
      case 8:
        return join(left, above);
      case 9:
        return join(below, above);
      case 11:
        return join(right, above);
      case 12:
        return join(left, right);
      case 13:
        return join(below, right);
      case 14:
        return join(left, below);
      case 5:
        if (middle_is_inside()) {
          join(below, right);
          join(above, left);
        } else {
          join(below, left);
          join(above, right);
        }
        return;
      case 10:
        if (middle_is_inside()) {
          join(left, below);
          join(right, above);
        } else {
          join(right, below);
          join(left, above);
        }
        return;
      default:
        return;
    }
  }

  ContourLine follow(std::int64_t from) {
    ContourLine line{crossing(from)};
    for (auto step = next_.find(from); step != next_.end(); step = next_.find(from)) {
      from = step->second;
      next_.erase(step);
      line.push_back(crossing(from));
    }
    return line;
  }

  const DensityGrid& grid_;
  double level_;
  std::map<std::int64_t, std::int64_t> next_;  ///< every edge is left by at most one segment
  std::vector<std::int64_t> starts_;           ///< in the order of the cells
};

}  // namespace

std::vector<ContourLine> contour_lines(const DensityGrid& grid, double level) {
  return ContourTracer(grid, level).lines();
}

std::vector<double> density_levels(const DensityGrid& grid, const at::Tensor& points,
                                   const std::vector<double>& shares) {
  check_shape("density_levels", "points", points, {kAnySize, 2});
  TORCH_CHECK_VALUE(points.size(0) > 0, "density_levels: points must have at least one row, got none");
  const at::Tensor places = points.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto place = places.accessor<double, 2>();
  std::vector<double> densities;
  for (std::int64_t i = 0; i < places.size(0); ++i) densities.push_back(grid.interpolated({place[i][0], place[i][1]}));
  std::sort(densities.begin(), densities.end(), std::greater<>());
  std::vector<double> levels;
  for (const double share : shares) {
    TORCH_CHECK_VALUE(share >= 0 && share <= 1, "density_levels: shares must be from 0 to 1, got ", share);
    const auto held = static_cast<std::size_t>(std::ceil(share * static_cast<double>(densities.size())));
    levels.push_back(densities[held == 0 ? 0 : held - 1]);
  }
  return levels;
}

}  // namespace tandem
