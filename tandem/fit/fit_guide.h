// What the choices of a fit are made on, and the words that say so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/features/feature_manifest.h"
#include "tandem/fit/fit_options.h"
#include "tandem/storage/json_file.h"

namespace tandem {

enum class ChoiceBy {
  kDev,              ///< dev pictures
  kCrossValidation,  ///< folds of the training pictures
  kNothing           ///< there are too few of them, or it is the control
};

struct FitGuide {
  ChoiceBy by = ChoiceBy::kDev;
  std::int64_t train = 0, dev = 0, test = 0;  ///< pictures
  std::int64_t folds = 0;                     ///< of cross-validation
  std::int64_t held_out = 0;                  ///< pictures of the first fold

  bool has_test() const { return test > 0; }
};

/// Throws FileError if no picture is in train.
FitGuide fit_guide(const FitOptions& options, const FeatureManifest& manifest, const std::filesystem::path& features);

/// The number of steps that the fit takes.
int steps_of(const FitGuide& guide, const FitOptions& options);

/// How choices are made, as sentences for the output and the card.
std::string guide_words(const FitGuide& guide, const FitOptions& options);

/// What the reader of the results must know: small splits, no test, the control.
std::vector<std::string> fit_notes(const FitGuide& guide, const FitOptions& options);

/// {"train": {"pictures", "captions"}, ...} of every split that has pictures.
Json splits_json(const FeatureManifest& manifest);

}  // namespace tandem
