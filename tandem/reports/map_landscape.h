// What a reader of a map sees from far: lines of equal density, and regions named by the words of
// their captions.
#pragma once

#include <string>
#include <vector>

#include "tandem/figures/atlas_page.h"

namespace tandem {

/// Contours that enclose 90, 70, 50, 30 and 10% of all points, and the regions of three densities,
/// each half as wide as the one before. A region has at least eight points; its words are the three
/// of greatest c-TF-IDF among its captions, as against the other regions of its depth; regions
/// without words are left out. The same input gives the same landscape.
///
///   captions  one per row of map.text_points
///
/// Throws c10::ValueError if the number of captions is another.
AtlasLandscape map_landscape(const JointMap& map, const std::vector<std::string>& captions);

}  // namespace tandem
