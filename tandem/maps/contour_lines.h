// Lines of equal density (marching squares, the plane case of Lorensen & Cline 1987).
#pragma once

#include <vector>

#include "tandem/maps/point_density.h"

namespace tandem {

/// One line through places of equal value. A closed one ends where it begins; others end at the
/// edge of the grid. Higher values lie on its left.
using ContourLine = std::vector<MapPlace>;

/// The lines on which the interpolated grid has the value `level`. Where they could join in two
/// ways, the mean of the cell decides. They come in the order of the lowest, then leftmost cell
/// that they begin in.
std::vector<ContourLine> contour_lines(const DensityGrid& grid, double level);

/// For every share the level whose region, where the density is at least the level, holds that
/// share of the points (Hyndman 1996, Computing and Graphing Highest Density Regions).
///
///   points  [N, 2]  those of the grid, N at least 1
///   shares  from 0 to 1, in the order in which the levels are returned
///
/// Throws c10::ValueError if a share is out of range or there is no point.
std::vector<double> density_levels(const DensityGrid& grid, const at::Tensor& points,
                                   const std::vector<double>& shares);

}  // namespace tandem
