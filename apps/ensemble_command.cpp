#include <filesystem>
#include <iostream>
#include <memory>
#include <set>

#include "apps/command.h"
#include "apps/embedded_split.h"
#include "apps/number_text.h"
#include "apps/train_data.h"
#include "tandem/base/errors.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/folder_lock.h"

namespace tandem::apps {
namespace {

using Path = std::filesystem::path;

struct EnsembleArguments {
  std::vector<std::string> runs;
  std::string out;
  std::string features;
  bool no_dev = false;
  bool overwrite = false;
  bool json = false;
};

/// A run that goes in.
struct Part {
  Path folder;
  Run run;
};

void check_goes_with(const Part& first, const Part& other) {
  const auto encoders = [](const Run& run) { return encoding_fingerprint(run.image_encoders, run.text_encoders); };
  if (encoders(first.run) != encoders(other.run)) throw FileError(other.folder, "a run with the encoders and poolings of " + first.folder.string(), "others");
  if (first.run.features_plan != other.run.features_plan) {
    throw FileError(other.folder, "a run on the features of " + first.folder.string() + ", plan " + first.run.features_plan, "plan " + other.run.features_plan);
  }
  if (first.run.options.shuffled != other.run.options.shuffled) {
    throw FileError(other.folder, std::string("a run trained on ") + (first.run.options.shuffled ? "shuffled" : "true") + " pairs, as " + first.folder.string(),
                    other.run.options.shuffled ? "a control on shuffled ones" : "one on true ones");
  }
}

std::vector<Part> open_parts(const EnsembleArguments& arguments) {
  std::vector<Part> parts;
  std::set<Path> places;
  for (const std::string& folder : arguments.runs) {
    parts.push_back({.folder = folder, .run = open_run(folder)});
    if (!places.insert(std::filesystem::canonical(folder)).second) throw FileError(folder, "every run once", "it twice: a copy adds nothing");
    check_goes_with(parts.front(), parts.back());
  }
  return parts;
}

Run joined(const std::vector<Part>& parts) {
  std::vector<ProjectionHead> image, text;
  std::vector<RunMember> members;
  double scale = 0;
  for (const Part& part : parts) {
    for (const ProjectionHead& head : part.run.image_heads.members()) image.push_back(head);
    for (const ProjectionHead& head : part.run.text_heads.members()) text.push_back(head);
    for (const RunMember& member : members_of(part.run)) members.push_back(member);
  }
  for (const RunMember& member : members) scale += member.logit_scale / static_cast<double>(members.size());
  const Run& first = parts.front().run;
  return {.image_heads = HeadEnsemble(std::move(image)),
          .text_heads = HeadEnsemble(std::move(text)),
          .logit_scale = scale,
          .options = members.front().options,
          .members = std::move(members),
          .data_name = first.data_name,
          .features_folder = first.features_folder,
          .features_plan = first.features_plan,
          .image_encoders = first.image_encoders,
          .text_encoders = first.text_encoders};
}

double recall_of(const Run& run, const PairedFeatures& dev) {
  return mean_recall(retrieval_ranks(embed_all(run.image_heads, dev.image), embed_all(run.text_heads, dev.text), dev.image_of_text));
}

void report(const EnsembleArguments& arguments, const std::vector<Part>& parts, const std::vector<double>& recalls, const Run& run) {
  const auto recall_json = [&](std::size_t i) { return recalls.empty() ? Json() : Json(recalls[i]); };
  if (arguments.json) {
    Json members = Json::array();
    for (std::size_t i = 0; i < parts.size(); ++i) members.push_back({{"run", parts[i].folder.string()}, {"dev_mean_recall", recall_json(i)}});
    std::cout << Json{{"run", arguments.out}, {"members", members}, {"width", run.image_heads.embedding_width()}, {"dev_mean_recall", run.dev_recall ? Json(*run.dev_recall) : Json()}}.dump(
                     -1, ' ', false, Json::error_handler_t::replace)
              << "\n";
    return;
  }
  if (!recalls.empty()) std::cout << "mean recall on dev\n";
  for (std::size_t i = 0; i < recalls.size(); ++i) std::cout << right_aligned(decimal(recalls[i], 2), 7) << "  " << parts[i].folder.string() << "\n";
  if (run.dev_recall) std::cout << right_aligned(decimal(*run.dev_recall, 2), 7) << "  all of them together\n";
  std::cout << arguments.out << ": an ensemble of " << run.members.size() << " pairs of heads, " << run.image_heads.embedding_width() << " columns wide\n";
}

void run_ensemble(const EnsembleArguments& arguments) {
  const std::vector<Part> parts = open_parts(arguments);
  Run run = joined(parts);
  std::vector<double> recalls;
  if (!arguments.no_dev) {
    const SplitFeatures dev = open_split(arguments.runs.front(), arguments.features, "dev");
    for (const Part& part : parts) recalls.push_back(recall_of(part.run, dev.pairs));
    run.dev_recall = recall_of(run, dev.pairs);
    run.features_folder = std::filesystem::absolute(dev.store.folder()).lexically_normal();
  }
  const Path out = arguments.out;
  for (const Part& part : parts) {
    if (std::filesystem::exists(out) && std::filesystem::equivalent(out, part.folder)) throw FileError(out, "another folder than those of the members", "one of them");
  }
  make_folder(out);
  const FolderLock lock(out);
  if (!arguments.overwrite) refuse_other_run(out);
  std::filesystem::remove(out / kRunName);  // From here on the folder is no run until the new one is whole.
  std::filesystem::remove(out / kMetricsName);
  run.image_encoders = carry_encoders(out, "image", resolved_encoders(run.image_encoders, parts.front().folder));
  run.text_encoders = carry_encoders(out, "text", resolved_encoders(run.text_encoders, parts.front().folder));
  write_run(out, run);
  report(arguments, parts, recalls, run);
}

}  // namespace

void add_ensemble_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("ensemble", "Make one model of several runs, whose similarities are averaged");
  const auto arguments = std::make_shared<EnsembleArguments>();
  command->add_option("runs", arguments->runs, "Runs on the same features, as 'tandem train' writes them; ensembles bring all their members")->required()->expected(2, 1000);
  command->add_option("--out", arguments->out, "Folder of the new run")->required();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_flag("--no-dev", arguments->no_dev, "Do not measure members and ensemble on dev");
  command->add_flag("--overwrite", arguments->overwrite, "Replace a run");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  for seed in 1 2 3; do tandem train features --out run-$seed --seed $seed; done\n"
      "  tandem ensemble run-1 run-2 run-3 --out run\n"
      "  tandem eval run\n"
      "\nThe ensemble is a run like any other for eval, search and the rest, but cannot be fine-tuned. Its embeddings are as wide as those of all members\n"
      "together, and searching costs as much more.");
  command->callback([arguments] { run_ensemble(*arguments); });
}

}  // namespace tandem::apps
