#include <c10/util/Exception.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>

#include "apps/arguments/idle_options.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/losses/fitted_scale.h"
#include "tandem/model/embedded_split.h"
#include "tandem/model/ensemble_weights.h"
#include "tandem/model/run_place.h"
#include "tandem/retrieval/recall.h"
#include "tandem/training/train_data.h"

namespace tandem::apps {
namespace {

using Path = std::filesystem::path;

struct EnsembleArguments {
  std::vector<std::string> runs;
  std::vector<std::string> weights;
  std::string out;
  std::string features;
  bool no_dev = false;
  bool overwrite = false;
  bool json = false;

  bool chooses() const { return weights == std::vector<std::string>{"dev"}; }
};

/// A run that goes in.
struct Part {
  Path folder;
  Run run;
  double weight = 0;
  std::optional<double> dev_recall;  ///< on the features at hand
};

void check_goes_with(const Part& first, const Part& other) {
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

/// The weights asked for, one a run; without any, each pair of heads weighs the same.
void weigh(std::vector<Part>& parts, const EnsembleArguments& arguments) {
  for (Part& part : parts) part.weight = static_cast<double>(part.run.image_heads.count());
  if (arguments.weights.empty() || arguments.chooses()) return;
  TORCH_CHECK_VALUE(arguments.weights.size() == parts.size(),
                    "ensemble: --weights must be \"dev\" or a number for each of ", parts.size(), " runs, got ",
                    arguments.weights.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string& text = arguments.weights[i];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[i].weight);
    TORCH_CHECK_VALUE(error == std::errc() && end == text.data() + text.size() && std::isfinite(parts[i].weight) &&
                          parts[i].weight > 0,
                      "ensemble: --weights must be \"dev\" or numbers above 0, got \"", text, "\"");
  }
}

std::vector<Part> open_parts(const EnsembleArguments& arguments) {
  std::vector<Part> parts;
  std::set<Path> places;
  for (const std::string& folder : arguments.runs) {
    parts.push_back({.folder = folder, .run = open_run(folder)});
    if (!places.insert(std::filesystem::canonical(folder)).second)
      throw FileError(folder, "every run once", "it twice: a copy adds nothing");
    check_goes_with(parts.front(), parts.back());
  }
  weigh(parts, arguments);
  return parts;
}

Run joined(const std::vector<Part>& parts) {
  std::vector<ProjectionHead> image, text;
  std::vector<RunMember> members;
  std::vector<double> weights;
  for (const Part& part : parts) {
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

/// Measures the parts and all of them together on dev, and chooses weights there if that was asked
/// for.
Run joined_on_dev(std::vector<Part>& parts, const EnsembleArguments& arguments) {
  const SplitFeatures dev = open_split(arguments.runs.front(), arguments.features, "dev");
  std::vector<DevEmbeddings> embedded;
  std::vector<double> weights;
  for (Part& part : parts) {
    embedded.push_back({.image = embed_all(part.run.image_heads, dev.pairs.image),
                        .text = embed_all(part.run.text_heads, dev.pairs.text)});
    part.dev_recall = weighted_recall({embedded.back()}, {1}, dev.pairs.image_of_text);
    weights.push_back(part.weight);
  }
  if (arguments.chooses()) {
    ProgressBar bar("choosing", "weights");
    weights = weights_chosen_on_dev(embedded, weights, dev.pairs.image_of_text, bar.callback()).weights;
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].weight = weights[i];
  }
  Run run = joined(parts);
  run.weights_chosen_on_dev = arguments.chooses();
  const DevEmbeddings together = side_by_side(embedded, weights);
  run.dev_recall = mean_recall(retrieval_ranks(together.image, together.text, dev.pairs.image_of_text));
  run.logit_scale = fitted_logit_scale(together.image, together.text, dev.pairs.image_of_text);
  run.features_folder = std::filesystem::absolute(dev.store.folder()).lexically_normal();
  return run;
}

void report(const EnsembleArguments& arguments, const std::vector<Part>& parts, const Run& run) {
  const auto recall_json = [](const std::optional<double>& recall) { return recall ? Json(*recall) : Json(); };
  double sum = 0;
  for (const Part& part : parts) sum += part.weight;
  if (arguments.json) {
    Json members = Json::array();
    for (const Part& part : parts)
      members.push_back({{"run", part.folder.string()},
                         {"weight", part.weight / sum},
                         {"dev_mean_recall", recall_json(part.dev_recall)}});
    std::cout << Json{{"run", arguments.out},
                      {"members", members},
                      {"width", run.image_heads.embedding_width()},
                      {"weights_chosen_on_dev", run.weights_chosen_on_dev},
                      {"dev_mean_recall", recall_json(run.dev_recall)}}
                     .dump(-1, ' ', false, Json::error_handler_t::replace)
              << "\n";
    return;
  }
  if (run.dev_recall) {
    std::cout << "mean recall on dev, weight\n";
    for (const Part& part : parts)
      std::cout << right_aligned(decimal(*part.dev_recall, 2), 7) << right_aligned(decimal(part.weight / sum, 3), 7)
                << "  " << printable(part.folder.string(), kLongestShownCaption) << "\n";
    std::cout << right_aligned(decimal(*run.dev_recall, 2), 7) << "       " << "  all of them together"
              << (run.weights_chosen_on_dev ? ", weights chosen on dev" : "") << "\n";
  }
  std::cout << arguments.out << ": an ensemble of " << run.members.size() << " pairs of heads, "
            << run.image_heads.embedding_width() << " columns wide\n";
}

void run_ensemble(const EnsembleArguments& arguments) {
  TORCH_CHECK_VALUE(!arguments.chooses() || !arguments.no_dev,
                    "ensemble: --weights dev chooses on dev, got --no-dev too");
  std::vector<Part> parts = open_parts(arguments);
  const Path out = arguments.out;
  for (const Part& part : parts) {
    if (std::filesystem::exists(out) && std::filesystem::equivalent(out, part.folder))
      throw FileError(out, "another folder than those of the members", "one of them");
  }
  Run run = arguments.no_dev ? joined(parts) : joined_on_dev(parts, arguments);
  RunPlace run_place(out);
  if (!arguments.overwrite) run_place.refuse_other_run();
  for (const Part& part : parts) run_place.refuse_inside(part.run.features_folder);
  const Path& place = run_place.begin();
  run.image_encoders = carry_encoders(place, "image", resolved_encoders(run.image_encoders, parts.front().folder));
  run.text_encoders = carry_encoders(place, "text", resolved_encoders(run.text_encoders, parts.front().folder));
  write_run(place, run);
  run_place.finish();
  report(arguments, parts, run);
}

}  // namespace

void add_ensemble_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("ensemble", "Make one model of several runs, whose similarities are averaged");
  const auto arguments = std::make_shared<EnsembleArguments>();
  command
      ->add_option(
          "runs", arguments->runs,
          "Runs on the same features, as 'tandem train' and 'tandem cca' write them; ensembles bring all their members")
      ->required()
      ->expected(2, 1000);
  command->add_option("--out", arguments->out, "Folder of the new run")->required();
  command
      ->add_option("--weights", arguments->weights,
                   "Of the runs' similarities, a number each; or \"dev\": the best on dev. Without it every pair of "
                   "heads weighs the same")
      ->expected(1, 1000);
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_flag("--no-dev", arguments->no_dev, "Do not measure members and ensemble on dev");
  command->add_flag("--overwrite", arguments->overwrite, "Replace a run");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  for seed in 1 2 3; do tandem train features --out run-$seed --seed $seed; done\n"
      "  tandem ensemble run-1 run-2 run-3 --out run\n"
      "  tandem cca features --out linear && tandem ensemble run linear --out both --weights dev\n"
      "  tandem eval both\n"
      "\nThe ensemble is a run like any other for eval, search and the rest, but cannot be fine-tuned. Its embeddings "
      "are as wide as those of all members\n"
      "together, and searching costs as much more.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--features"}, "members measured on dev", !arguments->no_dev, "--no-dev"}});
    run_ensemble(*arguments);
  });
}

}  // namespace tandem::apps
