// The best recipe that was measured on Flickr8k (doc/results.md, "More encoders and wider heads"),
// with the encoders that are there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/fit/fit_options.h"

namespace tandem {

/// Sets the options of the recipe: wider heads, longer training, settings of CCA, and the views of
/// captions and pictures. The picture encoders are all those in `models`, each averaged over the
/// picture and its mirror image.
///
///   models  folders that hold encoders' folders; of one name the first is taken
///
/// Returns one sentence for each encoder of the recipe that is not there, which says how to get it.
std::vector<std::string> make_best(FitOptions& options, const std::vector<std::filesystem::path>& models);

/// The views of the recipe for a picture encoder in this folder: with the class token if it has one.
std::string best_picture_views(const std::filesystem::path& encoder);

}  // namespace tandem
