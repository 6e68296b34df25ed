// Collects everything that the atlas shows about a mapped split.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/figures/atlas_page.h"
#include "tandem/model/embedded_split.h"

namespace tandem {

/// The sources of the atlas besides the map.
struct AtlasSources {
  const FeatureManifest& manifest;
  const PairedFeatures& shown;                ///< the pictures and captions on the map, in the same order
  at::Tensor image;                           ///< [N, D] rows of unit length
  at::Tensor text;                            ///< [M, D] rows of unit length
  std::vector<std::string> caption_verdicts;  ///< [M] by read_verdicts; empty: no audit
};

/// Makes the atlas of a map. Ranks and neighbours are computed among the pictures and captions that
/// are shown; the landscape is map_landscape's. Two stages. Throws c10::ValueError as retrieval_ranks does.
Atlas make_atlas(const JointMap& map, const AtlasSources& sources, const Stages& stages = {});

}  // namespace tandem
