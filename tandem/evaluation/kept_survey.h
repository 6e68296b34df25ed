// The survey of a store's pictures (sizes, hashes, thumbnails), made once and then kept beside the
// features.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/features/feature_store.h"
#include "tandem/features/store_entries.h"

namespace tandem {

/// The result of survey_pictures, one entry per picture of the store, in its order. Reads it from
/// FEATURES/survey.safetensors if that file was made from the same files (name, size, time of
/// change). Otherwise looks at all pictures, which is one stage, and writes that file. If the file
/// cannot be written, `notice` gets the reason and the survey is still returned.
std::vector<SurveyedPicture> kept_survey(const FeatureStore& store, const Stages& stages, const Notice& notice);

/// The same of some pictures of the store, one entry per row: of the kept survey if there is one.
/// Otherwise looks at these pictures alone, which is one stage, and keeps nothing.
std::vector<SurveyedPicture> survey_of_rows(const FeatureStore& store, const std::vector<std::int64_t>& rows,
                                            const Stages& stages);

}  // namespace tandem
