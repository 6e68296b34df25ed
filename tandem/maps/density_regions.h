// Regions of a map: every point belongs to the peak of density that it climbs to (mode seeking,
// Fukunaga & Hostetler 1975), on a grid.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/maps/point_density.h"

namespace tandem {

struct DensityRegions {
  std::vector<MapPlace> peaks;       ///< one per region, the region with the most points first
  std::vector<std::int64_t> counts;  ///< points of each
  std::vector<std::int64_t> of;      ///< [N] region of every point
};

/// Climbs from every value of the grid to its highest neighbour of eight, of equal ones the first,
/// until no neighbour is higher. Regions without points are left out; of equal counts the lower,
/// then the more left peak is first. The same input gives the same regions.
///
///   points  [N, 2]  floating point
///
/// Throws c10::ValueError if the shape does not fit.
DensityRegions density_regions(const DensityGrid& grid, const at::Tensor& points);

}  // namespace tandem
