// From a mapped split to everything the atlas tells of it.
#pragma once

#include <string>
#include <vector>

#include "apps/embedded_split.h"
#include "tandem/figures/atlas_page.h"

namespace tandem::apps {

/// What the atlas is made of, beside the map.
struct AtlasSources {
  const FeatureManifest& manifest;
  const PairedFeatures& shown;                ///< the pictures and captions of the map, in its order
  at::Tensor image;                           ///< [N, D] rows of unit length
  at::Tensor text;                            ///< [M, D]
  std::vector<std::string> caption_verdicts;  ///< [M], as read_verdicts gives them; empty: no audit
};

/// Ranks and neighbours are among the pictures and captions shown. Progress goes to standard error.
/// Throws c10::ValueError as retrieval_ranks does.
Atlas make_atlas(const JointMap& map, const AtlasSources& sources);

}  // namespace tandem::apps
