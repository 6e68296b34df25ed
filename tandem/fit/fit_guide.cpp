#include "tandem/fit/fit_guide.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/fit/cross_validation.h"

namespace tandem {
namespace {

/// With fewer pictures, recall@1 moves by a percent and more with every picture.
constexpr std::int64_t kFewPictures = 100;

std::int64_t pictures_in(const FeatureManifest& manifest, Split split) {
  return std::count(manifest.image_splits.begin(), manifest.image_splits.end(), split);
}

bool joins_two(const FitOptions& options) { return options.train.enabled && options.cca.enabled; }
bool corrects(const FitOptions& options) { return options.correct.method != "none"; }

std::string cross_validation_words(const FitGuide& guide, const FitOptions& options) {
  std::string words = "There are no dev pictures.";
  const std::string folds = std::to_string(guide.folds) + " folds of the training pictures";
  if (options.cca.enabled && options.cca.grid.settings() > 1)
    words += " CCA's setting was chosen by cross-validation over " + folds + ", each picture with all its captions.";
  if ((joins_two(options) && options.ensemble.weights.empty()) || corrects(options)) {
    words += " For the weights and the correction, the heads were made once without the first of " + folds + " (" +
             with_thousands(guide.held_out) + " pictures), and these pictures decided.";
  }
  return words + " Then the model's own heads were made of all training pictures" +
         (options.train.enabled ? "; of the trained ones the last epoch was kept." : ".");
}

}  // namespace

FitGuide fit_guide(const FitOptions& options, const FeatureManifest& manifest, const std::filesystem::path& features) {
  FitGuide guide{.train = pictures_in(manifest, Split::kTrain),
                 .dev = pictures_in(manifest, Split::kDev),
                 .test = pictures_in(manifest, Split::kTest)};
  if (guide.train == 0) throw FileError(features, "pictures in the split \"train\"", "none");
  if (guide.dev > 0) return guide;
  const bool enough = guide.train >= kFewestToChooseOn && !options.train.options.shuffled;
  guide.by = enough ? ChoiceBy::kCrossValidation : ChoiceBy::kNothing;
  guide.folds = folds_of(options, guide.train);
  guide.held_out = (guide.train + guide.folds - 1) / guide.folds;
  return guide;
}

int steps_of(const FitGuide& guide, const FitOptions& options) {
  const int parts = static_cast<int>(options.train.enabled) + static_cast<int>(options.cca.enabled) +
                    static_cast<int>(joins_two(options));
  const int corrections = corrects(options) && guide.by != ChoiceBy::kNothing ? 1 : 0;
  int steps = 1 + parts + corrections + static_cast<int>(guide.has_test()) + static_cast<int>(options.evaluate.report);
  if (guide.by != ChoiceBy::kCrossValidation) return steps;
  steps += static_cast<int>(options.cca.enabled && options.cca.grid.settings() > 1);
  const bool held_out = (joins_two(options) && options.ensemble.weights.empty()) || corrects(options);
  return held_out ? steps + parts + corrections : steps;
}

std::string guide_words(const FitGuide& guide, const FitOptions& options) {
  if (guide.by == ChoiceBy::kCrossValidation) return cross_validation_words(guide, options);
  if (guide.by == ChoiceBy::kNothing) {
    return "There are no dev pictures, and " +
           std::string(options.train.options.shuffled ? "this is the control"
                                                      : "too few training pictures to choose anything on") +
           ": CCA has its plain setting, all heads weigh the same, and hubs are not corrected.";
  }
  std::string words = "Chosen on " + with_thousands(guide.dev) + " dev pictures:";
  if (options.train.enabled) words += " the epoch of the trained heads,";
  if (options.cca.enabled && options.cca.grid.settings() > 1) words += " the setting of CCA,";
  if (joins_two(options) && options.ensemble.weights.empty()) words += " the weights of both,";
  if (corrects(options)) words += " the correction for hubs,";
  if (words.back() == ':') return "Nothing was chosen on dev.";
  words.back() = '.';
  return words;
}

std::vector<std::string> fit_notes(const FitGuide& guide, const FitOptions& options) {
  std::vector<std::string> notes;
  if (options.train.options.shuffled)
    notes.emplace_back("CONTROL: the captions were shuffled between pictures; the model must stay at chance.");
  if (guide.by == ChoiceBy::kDev && guide.dev < kFewPictures) {
    notes.push_back("Dev has only " + std::to_string(guide.dev) +
                    " pictures: what was chosen there, and its recall, are loose.");
  }
  if (guide.by == ChoiceBy::kCrossValidation && guide.held_out < kFewPictures) {
    notes.push_back("Only " + std::to_string(guide.held_out) +
                    " pictures were held out to choose on: what was chosen there is loose.");
  }
  if (!guide.has_test()) {
    notes.emplace_back("There are no test pictures: how good the model is was not measured.");
  } else if (guide.test < kFewPictures) {
    notes.push_back("Test has only " + std::to_string(guide.test) +
                    " pictures: its numbers are loose (see the intervals).");
  }
  return notes;
}

Json splits_json(const FeatureManifest& manifest) {
  Json splits = Json::object();
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest, Split::kNone}) {
    const std::int64_t pictures = pictures_in(manifest, split);
    if (pictures == 0) continue;
    const auto captions = std::count_if(manifest.image_of_caption.begin(), manifest.image_of_caption.end(),
                                        [&](std::int64_t image) { return manifest.image_splits[image] == split; });
    splits[std::string(split_name(split))] = {{"pictures", pictures}, {"captions", captions}};
  }
  return splits;
}

}  // namespace tandem
