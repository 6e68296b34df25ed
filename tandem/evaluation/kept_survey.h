// What a store's pictures look like, found once and then kept beside its features.
#pragma once

#include <vector>

#include "tandem/base/progress.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/features/feature_store.h"
#include "tandem/features/store_entries.h"

namespace tandem {

/// survey_pictures of every picture of the store, one stage; from FEATURES/survey.safetensors if
/// that is of these very files (name, size, time of change). If the folder cannot be written to,
/// `notice` gets the reason and nothing is kept.
std::vector<SurveyedPicture> kept_survey(const FeatureStore& store, const Stages& stages, const Notice& notice);

}  // namespace tandem
