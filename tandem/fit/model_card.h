// The model card: README.md in the folder of a model.
#pragma once

#include <string>

#include "tandem/features/feature_manifest.h"
#include "tandem/fit/fit_options.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The card as Markdown: data, encoders, options, results with intervals, how choices were made,
/// limits, and the licences that the folders of data and encoders state.
///
///   result    as in fit.json (doc/file_formats.md)
///   manifest  of the features
std::string model_card(const Json& result, const FitOptions& options, const FeatureManifest& manifest);

/// The licence that the folder of the data's pictures states, or the folder around it; empty if
/// neither does.
std::string data_licence(const FeatureManifest& manifest);

}  // namespace tandem
