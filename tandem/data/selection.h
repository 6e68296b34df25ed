// A part of a data set, the same on every machine: the "reduced version".
#pragma once

#include "tandem/data/caption_set.h"
#include "tandem/data/data_options.h"

namespace tandem {

/// Keeps options.per_category pictures of every class and then options.limit in all, those whose
/// ids' checksums together with the seed are least: a larger limit keeps all that a smaller one
/// did, and splits keep their shares but for chance. The order of the pictures stays. What was done
/// goes into the set's selection.
/// Throws c10::ValueError if a number is negative, or per_category is asked of data without
/// classes.
void select_part(CaptionSet& set, const DataOptions& options);

}  // namespace tandem
