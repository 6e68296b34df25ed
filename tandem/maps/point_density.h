// How dense the points of a map are: a kernel density estimate on a grid (Wand & Jones 1995, Kernel
// Smoothing, ch. 4; Gaussian kernel, linear binning).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

/// A place on a map.
struct MapPlace {
  double x = 0;
  double y = 0;
};

/// Values at the corners of square cells.
struct DensityGrid {
  std::int64_t columns = 0;
  std::int64_t rows = 0;
  MapPlace origin;             ///< of the value (0, 0), the lower left one
  double step = 1;             ///< between neighbouring values
  std::vector<double> values;  ///< [rows, columns], the lowest row first

  double at(std::int64_t column, std::int64_t row) const { return values[row * columns + column]; }
  MapPlace place(std::int64_t column, std::int64_t row) const {
    return {origin.x + step * static_cast<double>(column), origin.y + step * static_cast<double>(row)};
  }
  /// Interpolated between the four nearest values; the nearest value outside the grid.
  double interpolated(MapPlace place) const;
};

/// The density of the points, in points per unit of area, on a grid that reaches three bandwidths
/// beyond them. The longer side has `side` values. The same points give the same grid, bit by bit.
///
///   points     [N, 2]  floating point, N at least 1
///   bandwidth  standard deviation of the kernel, in the map's units, above 0
///
/// Throws c10::ValueError if a shape or an argument does not fit.
DensityGrid point_density(const at::Tensor& points, double bandwidth, std::int64_t side = 160);

}  // namespace tandem
