// From a mapped split to everything the atlas tells of it.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/figures/atlas_page.h"
#include "tandem/model/embedded_split.h"

namespace tandem {

/// What the atlas is made of, beside the map.
struct AtlasSources {
  const FeatureManifest& manifest;
  const PairedFeatures& shown;                ///< the pictures and captions of the map, in its order
  at::Tensor image;                           ///< [N, D] rows of unit length
  at::Tensor text;                            ///< [M, D]
  std::vector<std::string> caption_verdicts;  ///< [M], as read_verdicts gives them; empty: no audit
};

/// Ranks and neighbours are among the pictures and captions shown. Two stages.
/// Throws c10::ValueError as retrieval_ranks does.
Atlas make_atlas(const JointMap& map, const AtlasSources& sources, const Stages& stages = {});

}  // namespace tandem
