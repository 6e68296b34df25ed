// Sides by content for data that came without splits: found once, then taken from where they were
// kept.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"

namespace tandem {

/// split_by_content, one stage, if the set's splits were made; otherwise nothing.
///   threads  0: one per core
void settle_sides(CaptionSet& set, int threads, const Stages& stages = {});

/// Sides of pictures as a feature store keeps them.
struct KeptSides {
  const std::vector<std::string>& ids;      ///< [N] of the pictures
  const std::vector<Split>& splits;         ///< [N]
  const std::vector<std::string>& remarks;  ///< on the set they are of
};

/// Gives the set's pictures the sides that an earlier settle_sides gave them, without opening one.
/// False, and nothing is changed, if the kept sides are not by content.
bool take_sides(CaptionSet& set, const KeptSides& kept);

}  // namespace tandem
