// Short descriptions of a run for reports.
#pragma once

#include <string>

#include "tandem/model/run_folder.h"

namespace tandem {

/// The seeds or settings of a run: "seed 3", "CCA with regularisation 0.3 and power 1", "ensemble
/// of 3, seeds 1, 2, CCA with ...".
std::string seed_words(const Run& run);

/// What was chosen on dev, such as "the epoch was chosen on dev (mean recall there 47.43)".
std::string choice_words(const Run& run);

}  // namespace tandem
