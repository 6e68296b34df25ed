#include "tandem/model/closed_form_run.h"

#include "tandem/base/number_text.h"
#include "tandem/model/run_place.h"
#include "tandem/training/pair_order.h"
#include "tandem/training/train_data.h"

namespace tandem {
namespace {

/// The captions of other pictures, for the control; otherwise the pairs as they are.
PairedFeatures pairs_to_solve(const PairedFeatures& train, const TrainOptions& options) {
  PairedFeatures pairs = train;
  pairs.image_of_text = training_pairs(train, options).image_of_text;
  return pairs;
}

std::string solving_words(const TrainData& data, const ClosedFormOptions& options) {
  std::string words = "solving for " + with_thousands(data.train.image.size(0)) + " pictures with " +
                      with_thousands(data.train.text.size(0)) + " captions";
  if (data.dev) {
    words += ", choosing among " + std::to_string(options.grid.settings()) + " settings on " +
             with_thousands(data.dev->image.size(0)) + " dev pictures";
  }
  return options.shuffled ? words + "; CONTROL: captions shuffled between pictures" : words;
}

}  // namespace

ClosedFormRun make_closed_form_run(const std::filesystem::path& features, const std::filesystem::path& out,
                                   const ClosedFormOptions& options, const Stages& stages, const Notice& notice) {
  const TrainData data = open_train_data(features, options.no_dev);
  RunPlace run_place(out);
  if (!options.overwrite) run_place.refuse_other_run();
  run_place.refuse_inside(features);
  const std::filesystem::path& place = run_place.begin();
  TrainOptions made_by;
  made_by.shuffled = options.shuffled;
  made_by.seed = options.seed;
  if (notice) notice(solving_words(data, options));
  const FeatureManifest& manifest = data.store.manifest();
  CcaSolution solution = solve_cca(pairs_to_solve(data.train, made_by), data.dev ? &*data.dev : nullptr, manifest,
                                   options.grid, begin_stage(stages, "solving", "settings"));
  made_by.image_head = solution.image.options();
  made_by.text_head = solution.text.options();
  Run run{.image_heads = solution.image,
          .text_heads = solution.text,
          .logit_scale = solution.logit_scale,
          .dev_recall = solution.dev_recall,
          .options = made_by,
          .unscaled = unscaled_columns(data, made_by),
          .cca = solution.settings,
          .data_name = manifest.data_name,
          .features_folder = std::filesystem::absolute(features).lexically_normal(),
          .features_plan = manifest.plan,
          .image_encoders = carry_encoders(place, "image", manifest.image_encoders),
          .text_encoders = carry_encoders(place, "text", manifest.text_encoders)};
  write_run(place, run);
  run_place.finish();
  return {.solution = std::move(solution), .run = std::move(run)};
}

}  // namespace tandem
