// A part of a data set, the same on every machine.
#pragma once

#include "tandem/data/caption_set.h"
#include "tandem/data/data_options.h"

namespace tandem {

/// Keeps at most options.per_category pictures of every class, and then at most options.limit in
/// all. The pictures with the smallest checksums of seed and id are kept. So a larger limit keeps
/// all that a smaller one keeps, and each split keeps its share approximately. The order of the
/// pictures stays. The set's selection describes the choice. If both options are 0, nothing
/// changes.
/// Throws c10::ValueError if an option is negative, or if per_category is set for data without
/// classes.
void select_part(CaptionSet& set, const DataOptions& options);

}  // namespace tandem
