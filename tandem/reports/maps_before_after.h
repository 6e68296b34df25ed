// The same pairs on two maps: as the heads were drawn, and as they were learned.
#pragma once

#include <cstdint>
#include <string>

#include "tandem/base/progress.h"
#include "tandem/figures/joint_map.h"
#include "tandem/maps/joint_projection.h"
#include "tandem/model/embedded_split.h"
#include "tandem/reports/pair_sample.h"

namespace tandem {

/// Both maps are made by the same method from the same frozen features. Their scales differ, so
/// ratios of distances are what can be compared. The encoders' own features cannot be mapped
/// together: the two sides have different spaces.
struct MapsBeforeAfter {
  JointProjectionOptions options;
  JointProjection before;  ///< by the run's heads as they were drawn from its seed
  JointProjection after;   ///< by the run's heads
};

/// Maps the pairs of the sample twice. Two stages, unless the method is PCA and is done at once.
/// Throws c10::ValueError as project_jointly does.
MapsBeforeAfter maps_before_after(const EmbeddedSplit& embedded, const PairSample& sample, MapMethod method,
                                  std::uint64_t seed, const Stages& stages = {});

/// What the heads of the first map are: "the same heads as they were drawn from the run's seed".
std::string start_words(const Run& run);

/// The map of a sample, whose caption i describes picture i, as a figure.
JointMap joint_map_of(const JointProjection& layout, const std::string& title, const std::string& note);

}  // namespace tandem
