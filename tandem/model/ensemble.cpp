#include "tandem/model/ensemble.h"

#include <c10/util/Exception.h>

#include <set>

#include "tandem/base/errors.h"
#include "tandem/losses/fitted_scale.h"
#include "tandem/model/ensemble_weights.h"
#include "tandem/model/model.h"
#include "tandem/model/run_place.h"
#include "tandem/retrieval/recall.h"

namespace tandem {
namespace {

void check_goes_with(const EnsemblePart& first, const EnsemblePart& other) {
  const auto encoders = [](const Run& run) { return encoding_fingerprint(run.image_encoders, run.text_encoders); };
  if (encoders(first.run) != encoders(other.run))
    throw FileError(other.folder, "a run with the encoders and poolings of " + first.folder.string(), "others");
  if (first.run.features_plan != other.run.features_plan) {
    throw FileError(other.folder,
                    "a run on the features of " + first.folder.string() + ", plan " + first.run.features_plan,
                    "plan " + other.run.features_plan);
  }
  if (first.run.options.shuffled != other.run.options.shuffled) {
    throw FileError(other.folder,
                    std::string("a run trained on ") + (first.run.options.shuffled ? "shuffled" : "true") +
                        " pairs, as " + first.folder.string(),
                    other.run.options.shuffled ? "a control on shuffled ones" : "one on true ones");
  }
}

std::vector<Model> open_models(const std::vector<std::filesystem::path>& runs) {
  std::vector<Model> models;
  for (const std::filesystem::path& run : runs) models.push_back(Model::open(run));
  return models;
}

std::vector<EnsemblePart> parts_of(const std::vector<Model>& models, const std::vector<double>& weights) {
  std::vector<EnsemblePart> parts;
  std::set<std::filesystem::path> places;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const Run& run = models[i].run();
    parts.push_back({.folder = models[i].folder(),
                     .run = run,
                     .weight = weights.empty() ? static_cast<double>(run.image_heads.count()) : weights[i]});
    if (!places.insert(std::filesystem::canonical(models[i].folder())).second)
      throw FileError(models[i].folder(), "every run once", "it twice: a copy adds nothing");
    check_goes_with(parts.front(), parts.back());
  }
  return parts;
}

/// Measures the parts and all of them together on dev, and chooses weights there if that is asked
/// for.
Run joined_on_dev(const Model& first, std::vector<EnsemblePart>& parts, const EnsembleOptions& options,
                  const Stages& stages) {
  const FeatureStore store = first.open_features(options.features);
  const PairedFeatures dev = select_split(store, Split::kDev);
  std::vector<DevEmbeddings> embedded;
  std::vector<double> weights;
  for (EnsemblePart& part : parts) {
    embedded.push_back(
        {.image = embed_all(part.run.image_heads, dev.image), .text = embed_all(part.run.text_heads, dev.text)});
    part.dev_recall = weighted_recall({embedded.back()}, {1}, dev.image_of_text);
    weights.push_back(part.weight);
  }
  if (options.choose_weights_on_dev) {
    weights =
        weights_chosen_on_dev(embedded, weights, dev.image_of_text, begin_stage(stages, "choosing", "weights")).weights;
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].weight = weights[i];
  }
  Run run = joined_runs(parts);
  run.weights_chosen_on_dev = options.choose_weights_on_dev;
  const DevEmbeddings together = side_by_side(embedded, weights);
  run.dev_recall = mean_recall(retrieval_ranks(together.image, together.text, dev.image_of_text));
  run.logit_scale = fitted_logit_scale(together.image, together.text, dev.image_of_text);
  run.features_folder = std::filesystem::absolute(store.folder()).lexically_normal();
  return run;
}

}  // namespace

Run joined_runs(const std::vector<EnsemblePart>& parts) {
  TORCH_CHECK_VALUE(!parts.empty(), "joined_runs: at least one run was needed, got none");
  std::vector<ProjectionHead> image, text;
  std::vector<RunMember> members;
  std::vector<double> weights;
  for (const EnsemblePart& part : parts) {
    for (const ProjectionHead& head : part.run.image_heads.members()) image.push_back(head);
    for (const ProjectionHead& head : part.run.text_heads.members()) text.push_back(head);
    for (const RunMember& member : members_of(part.run)) members.push_back(member);
    for (const double weight : part.run.image_heads.weights()) weights.push_back(part.weight * weight);
  }
  Run run{.image_heads = HeadEnsemble(std::move(image), weights), .text_heads = HeadEnsemble(std::move(text), weights)};
  for (std::size_t i = 0; i < members.size(); ++i)
    run.logit_scale += members[i].logit_scale * run.image_heads.weights()[i];
  const Run& first = parts.front().run;
  run.options = members.front().options;
  run.members = std::move(members);
  run.data_name = first.data_name;
  run.features_folder = first.features_folder;
  run.features_plan = first.features_plan;
  run.image_encoders = first.image_encoders;
  run.text_encoders = first.text_encoders;
  return run;
}

Ensemble make_ensemble(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& out,
                       const EnsembleOptions& options, const Stages& stages) {
  TORCH_CHECK_VALUE(options.weights.empty() || options.weights.size() == runs.size(),
                    "make_ensemble: one weight for each of ", runs.size(), " runs was needed, or none, got ",
                    options.weights.size());
  TORCH_CHECK_VALUE(!options.choose_weights_on_dev || options.measure_on_dev,
                    "make_ensemble: choosing weights on dev needs measure_on_dev");
  TORCH_CHECK_VALUE(!runs.empty(), "make_ensemble: at least one run was needed, got none");
  const std::vector<Model> models = open_models(runs);
  std::vector<EnsemblePart> parts = parts_of(models, options.weights);
  for (const EnsemblePart& part : parts) {
    if (std::filesystem::exists(out) && std::filesystem::equivalent(out, part.folder))
      throw FileError(out, "another folder than those of the members", "one of them");
  }
  Run run = options.measure_on_dev ? joined_on_dev(models.front(), parts, options, stages) : joined_runs(parts);
  RunPlace run_place(out);
  if (!options.overwrite) run_place.refuse_other_run();
  for (const EnsemblePart& part : parts) run_place.refuse_inside(part.run.features_folder);
  const std::filesystem::path& place = run_place.begin();
  run.image_encoders = carry_encoders(place, "image", resolved_encoders(run.image_encoders, parts.front().folder));
  run.text_encoders = carry_encoders(place, "text", resolved_encoders(run.text_encoders, parts.front().folder));
  write_run(place, run);
  run_place.finish();
  return {.parts = std::move(parts), .run = std::move(run)};
}

}  // namespace tandem
