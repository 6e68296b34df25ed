// How reports name a run.
#pragma once

#include <string>

#include "tandem/model/run_folder.h"

namespace tandem {

/// "seed 3", "CCA with regularisation 0.3 and power 1", "ensemble of 3, seeds 1, 2, CCA with ...".
std::string seed_words(const Run& run);

/// "the epoch was chosen on dev (mean recall there 47.43)" and the like.
std::string choice_words(const Run& run);

}  // namespace tandem
