#include "tandem/fit/fit_job.h"

#include <utility>

#include "tandem/base/number_text.h"
#include "tandem/fit/cross_validation.h"
#include "tandem/fit/fit_files.h"
#include "tandem/fit/fit_parts.h"
#include "tandem/fit/fit_results.h"
#include "tandem/fit/model_card.h"
#include "tandem/model/closed_form_run.h"
#include "tandem/model/fit_correction.h"
#include "tandem/model/model.h"
#include "tandem/reports/model_report.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

// In the folder of the parts:
constexpr const char* kOriginName = "origin.json";         // which features the parts are of
constexpr const char* kValidatedName = "cca.json";         // what cross-validation chose
constexpr const char* kCorrectedName = "correction.json";  // what was chosen, when hubness.json is complete
constexpr const char* kModelName = "model.json";           // everything is made and measured, and is to be moved
constexpr const char* kHeldOutName = "held-out";

bool is_there(const Path& path) { return std::filesystem::exists(path); }

CcaGrid grid_of(const CcaSettings& settings, std::int64_t width) {
  return {.regularisations = {settings.regularisation}, .powers = {settings.power}, .width = width};
}

/// Replaces what an earlier, interrupted move left there.
void move_entry(const Path& from, const Path& to) {
  if (!is_there(from)) return;
  std::filesystem::remove_all(to);
  std::filesystem::rename(from, to);
}

/// The split that the report shows; empty if it would not be written. A report needs two pictures.
std::string report_split(const FitGuide& guide, const FitOptions& options) {
  if (!options.evaluate.report) return "";
  if (guide.test > 1) return "test";
  if (guide.dev > 1) return "dev";
  return guide.train > 1 ? "train" : "";
}

/// The splits as they are before anything is encoded.
FeatureManifest expected_manifest(const CaptionSet& data) {
  FeatureManifest manifest;
  for (const CaptionedImage& image : data.images) manifest.image_splits.push_back(image.split);
  return manifest;
}

}  // namespace

FitJob::FitJob(const FitOptions& options, FitSource& source, Path place, FitSteps& steps)
    : options_(options),
      source_(source),
      place_(std::move(place)),
      parts_(place_ / kFitPartsName),
      features_(source.features.empty() ? place_ / kFitFeaturesName : source.features),
      steps_(steps) {}

Json FitJob::run() {
  encode();
  const std::string fingerprint = features_fingerprint(manifest_);
  discard_other_parts(fingerprint);
  if (is_there(place_ / kFitResultName)) return read_checked_json(place_ / kFitResultName);
  Json result = is_there(parts_ / kModelName) ? read_checked_json(parts_ / kModelName) : model_in_parts();
  const auto run = json_field<std::string>(result, "run", parts_ / kModelName);
  result.erase("run");
  move_model(parts_ / run);
  if (!report_split(guide_, options_).empty()) write_report();
  result["features_fingerprint"] = fingerprint;
  result["heads_checksum"] =
      json_field<std::string>(read_checked_json(place_ / kRunName), "heads_checksum", place_ / kRunName);
  write_file(place_ / kFitCardName, model_card(result, options_, manifest_));
  write_checked_json(place_ / kFitResultName, result);
  return result;
}

void FitJob::encode() {
  if (!source_.data.splits_made) {  // Otherwise the splits are not known yet.
    const FeatureManifest expected = is_inside() ? expected_manifest(source_.data) : read_manifest(features_);
    steps_.count(steps_of(fit_guide(options_, expected, features_), options_));
  }
  steps_.next(is_inside() ? "encoding" : "reading features");
  if (is_inside()) encode_source(source_, options_, features_, {steps_.displays(), steps_.notice(), steps_.stop()});
  manifest_ = read_manifest(features_);
  guide_ = fit_guide(options_, manifest_, features_);
  steps_.count(steps_of(guide_, options_));
  if (!is_inside()) {
    steps_.say(manifest_.data_name + ": " + with_thousands(guide_.train) + " pictures in train, " +
               with_thousands(guide_.dev) + " in dev, " + with_thousands(guide_.test) + " in test");
  }
  for (const std::string& note : fit_notes(guide_, options_)) steps_.say("  note: " + note);
  if (guide_.by != ChoiceBy::kDev) steps_.say("  note: " + guide_words(guide_, options_));
}

/// Parts of features that have changed since, and what was already made of them, are of no use.
void FitJob::discard_other_parts(const std::string& fingerprint) const {
  const Path origin = parts_ / kOriginName;
  if (is_there(place_ / kFitResultName) || is_there(origin)) {
    const Path file = is_there(place_ / kFitResultName) ? place_ / kFitResultName : origin;
    if (json_field<std::string>(read_checked_json(file), "features_fingerprint", file) == fingerprint) return;
  }
  std::filesystem::remove(place_ / kFitResultName);
  std::filesystem::remove(place_ / kRunName);
  std::filesystem::remove_all(parts_);
  make_folder(parts_);
  write_checked_json(origin, {{"features_fingerprint", fingerprint}});
}

/// Makes, corrects and measures the model, and remembers that in model.json.
Json FitJob::model_in_parts() {
  Made made;
  if (guide_.by == ChoiceBy::kDev) made = make_on_dev();
  if (guide_.by == ChoiceBy::kCrossValidation) made = make_by_cross_validation();
  if (guide_.by == ChoiceBy::kNothing) made = make_without_choice();
  const Run run = open_run(made.run);
  std::vector<std::string> notes = fit_notes(guide_, options_);
  Json test;
  if (guide_.has_test()) {
    steps_.next("measuring on test, once");
    test = measured_split(made.run, features_, "test", options_.evaluate.bootstrap, steps_.stages());
    if (test.at("leaks").is_number() && test.at("leaks") > 0)
      notes.push_back(test.at("leaks").dump() + " test pictures have the features of pictures in train or dev.");
  }
  const std::string shown = report_split(guide_, options_);
  Json result = {{"format", "tandem fit"},
                 {"version", 1},
                 {"run", made.run.lexically_relative(parts_).string()},
                 {"data", manifest_.data_name},
                 {"splits", splits_json(manifest_)},
                 {"choice", guide_words(guide_, options_)},
                 {"parts", parts_json(run)},
                 {"dev_mean_recall", run.dev_recall ? Json(*run.dev_recall) : Json()},
                 {"logit_scale", run.logit_scale},
                 {"embedding_width", run.image_heads.embedding_width()},
                 {"correction", made.correction},
                 {"test", test},
                 {"report_split", shown.empty() ? Json() : Json(shown)},
                 {"notes", notes}};
  write_checked_json(parts_ / kModelName, result);
  return result;
}

FitJob::Made FitJob::make_on_dev() {
  const std::vector<double>& weights = options_.ensemble.weights;
  Made made{.run = make_parts({.features = features_,
                               .folder = parts_,
                               .grid = options_.cca.grid,
                               .chooses_weights = weights.empty(),
                               .weights = weights},
                              options_, steps_)};
  made.correction = fit_correction(made.run, features_, "dev");
  return made;
}

FitJob::Made FitJob::make_by_cross_validation() {
  const FeatureStore store = FeatureStore::open(features_);
  const CcaGrid grid = grid_of(validated_cca(store), options_.cca.grid.width);
  std::vector<double> weights = options_.ensemble.weights;
  const bool chooses_weights = options_.train.enabled && options_.cca.enabled && weights.empty();
  Made held_out{.run = {}, .correction = {{"method", nullptr}, {"words", "none was asked for"}}};
  if (chooses_weights || options_.correct.method != "none") {
    const Path folder = parts_ / kHeldOutName;
    const Path features = folder / kFitFeaturesName;
    if (!is_there(features / kManifestName))
      write_held_out_store(store, features, guide_.folds, options_.train.options.seed);
    held_out.run = make_parts({.features = features,
                               .folder = folder,
                               .uses_dev = false,
                               .grid = grid,
                               .chooses_weights = chooses_weights,
                               .weights = weights},
                              options_, steps_);
    if (chooses_weights) weights = open_run(held_out.run).image_heads.weights();
    held_out.correction = fit_correction(held_out.run, features, "held-out pictures");
  }
  const Path run = make_parts({.features = features_,
                               .folder = parts_,
                               .uses_dev = false,
                               .grid = grid,
                               .chooses_weights = false,
                               .weights = weights},
                              options_, steps_);
  if (!held_out.run.empty()) take_correction(held_out.run, run);
  return {.run = run, .correction = held_out.correction};
}

FitJob::Made FitJob::make_without_choice() {
  const CcaGrid& asked = options_.cca.grid;
  const CcaGrid grid = asked.settings() == 1 ? asked : grid_of(kPlainCcaSettings, asked.width);
  const Path run = make_parts({.features = features_,
                               .folder = parts_,
                               .uses_dev = false,
                               .grid = grid,
                               .chooses_weights = false,
                               .weights = options_.ensemble.weights},
                              options_, steps_);
  return {.run = run, .correction = {{"method", nullptr}, {"words", "none: there was nothing to choose it on"}}};
}

CcaSettings FitJob::validated_cca(const FeatureStore& store) {
  const CcaGrid& grid = options_.cca.grid;
  if (!options_.cca.enabled) return kPlainCcaSettings;
  const Path file = parts_ / kValidatedName;
  if (grid.settings() > 1) steps_.next("choosing the setting of CCA by cross-validation");
  if (is_there(file)) {
    const Json json = read_checked_json(file);
    return {.regularisation = json_field<double>(json, "regularisation", file),
            .power = json_field<double>(json, "power", file)};
  }
  const ValidatedCca validated = cross_validated_cca(
      select_split(store, Split::kTrain), manifest_, grid, guide_.folds, options_.train.options.seed,
      grid.settings() > 1 ? begin_stage(steps_.stages(), "solving", "settings") : Progress());
  Json json = to_json(validated.settings);
  json["mean_recall"] = validated.recall ? Json(*validated.recall) : Json();
  write_checked_json(file, json);
  return validated.settings;
}

Json FitJob::fit_correction(const Path& run, const Path& features, const std::string& where) {
  if (options_.correct.method == "none") return {{"method", nullptr}, {"words", "none was asked for"}};
  steps_.next("choosing a correction for hubs");
  const Path file = run.parent_path() / kCorrectedName;
  if (is_there(file)) return read_json(file);
  const CorrectionFit fit = fit_run_correction(
      run, features, {.method = correction_named(options_.correct.method), .bank_rows = options_.correct.bank_rows},
      steps_.stages());
  const Json json = correction_json(fit, where);
  write_json(file, json);
  return json;
}

/// The settings that were chosen for one run, with banks of the training queries of another.
void FitJob::take_correction(const Path& from, const Path& run) const {
  const std::optional<ChosenCorrection> chosen = chosen_correction(from, "run");
  if (!chosen) return;
  const Model model = Model::open(run);
  const PairedFeatures train = select_split(model.open_features(features_), Split::kTrain);
  const std::int64_t most = options_.correct.bank_rows;
  write_correction(run, {.chosen = chosen->method,
                         .fitted = {{chosen->method, chosen->fitted}},
                         .image_bank = correction_bank(model.embed_image_features(train.image), most),
                         .text_bank = correction_bank(model.embed_text_features(train.text), most)});
}

/// Gives the model's files their names; run.json comes last. After an interruption a second call
/// moves the rest.
void FitJob::move_model(const Path& run) const {
  for (const char* name : {"encoders", kHeadsName, kCorrectionName, kBanksName}) move_entry(run / name, place_ / name);
  for (const char* name : {kMetricsName, kCurvesName}) move_entry(trained_part(parts_) / name, place_ / name);
  Json json = read_checked_json(run / kRunName);
  // So that the model finds its features wherever the folder is moved to.
  if (is_inside()) json["features"]["folder"] = kFitFeaturesName;
  write_checked_json(place_ / kRunName, json);
}

void FitJob::write_report() {
  steps_.skip_to(steps_.count() - 1);  // Steps of an earlier call may have been passed over.
  steps_.next("writing the report");
  const std::string licence = data_licence(manifest_);
  ModelReportOptions options{.split = report_split(guide_, options_)};
  if (!licence.empty()) options.data_terms = "Licence, as the folder of the pictures states it: " + licence + ".";
  write_model_report(Model::open(place_), place_ / kFitReportName, options, steps_.stages());
}

}  // namespace tandem
