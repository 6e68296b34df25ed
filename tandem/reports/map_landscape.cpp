#include "tandem/reports/map_landscape.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/cat.h>

#include <algorithm>
#include <array>

#include "tandem/analysis/class_terms.h"
#include "tandem/base/joined_text.h"
#include "tandem/maps/density_regions.h"

namespace tandem {
namespace {

const std::vector<double> kShares = {0.9, 0.7, 0.5, 0.3, 0.1};
constexpr double kContourShare = 1.0 / 40;  // the bandwidth of the contours, of the map's longer side
constexpr std::array kRegionShares = {1.0 / 18, 1.0 / 36, 1.0 / 72};
constexpr std::int64_t kLeastPoints = 8;
constexpr std::size_t kWords = 3;

/// The regions of one density, named by their captions.
void add_regions(const at::Tensor& points, std::int64_t images, const std::vector<std::string>& captions,
                 double bandwidth, std::int64_t depth, std::vector<AtlasRegion>& to) {
  const DensityRegions regions = density_regions(point_density(points, bandwidth), points);
  const auto large = std::find_if(regions.counts.begin(), regions.counts.end(),
                                  [](std::int64_t count) { return count < kLeastPoints; });
  const auto named = static_cast<std::int64_t>(large - regions.counts.begin());
  std::vector<std::int64_t> region_of(regions.of.begin() + images, regions.of.end());
  for (std::int64_t& region : region_of) region = region < named ? region : -1;
  const std::vector<std::vector<std::string>> terms = class_terms(captions, region_of, named, kWords);
  for (std::int64_t region = 0; region < named; ++region) {
    if (terms[region].empty()) continue;
    to.push_back({.depth = depth,
                  .place = regions.peaks[region],
                  .count = regions.counts[region],
                  .words = joined_text(terms[region], ", ")});
  }
}

}  // namespace

AtlasLandscape map_landscape(const JointMap& map, const std::vector<std::string>& captions) {
  check_joint_map("map_landscape", map);
  const at::Tensor points = at::cat({map.image_points.to(at::kDouble), map.text_points.to(at::kDouble)});
  const double extent = (points.amax(0) - points.amin(0)).max().item().toDouble();
  AtlasLandscape landscape;
  if (!(extent > 0)) return landscape;  // All points at one place: there is nothing to tell apart.
  const DensityGrid density = point_density(points, kContourShare * extent);
  landscape.shares = kShares;
  for (const double level : density_levels(density, points, kShares))
    landscape.contours.push_back(contour_lines(density, level));
  for (std::size_t depth = 0; depth < kRegionShares.size(); ++depth) {
    add_regions(points, map.image_points.size(0), captions, kRegionShares[depth] * extent,
                static_cast<std::int64_t>(depth), landscape.regions);
  }
  return landscape;
}

}  // namespace tandem
