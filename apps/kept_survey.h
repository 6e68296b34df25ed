// What a store's pictures look like, found once and then kept beside its features.
#pragma once

#include <vector>

#include "tandem/curation/picture_survey.h"
#include "tandem/features/feature_store.h"
#include "tandem/features/store_entries.h"

namespace tandem::apps {

/// survey_pictures of every picture of the store, with a progress bar; from
/// FEATURES/survey.safetensors where that is of these very files (name, size, time of change).
/// Where the folder cannot be written to, standard error says so and nothing is kept.
std::vector<SurveyedPicture> kept_survey(const FeatureStore& store);

}  // namespace tandem::apps
