#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/evaluation/measured_models.h"
#include "tandem/model/model.h"
#include "tandem/reports/models_table.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct BaselinesArguments {
  std::string source;  ///< features or run
  std::string features;
  std::string split = "test";
  bool json = false;
};

/// What is measured, with the learned heads' numbers where a run was given.
struct Asked {
  FeatureStore store;
  PairedFeatures pairs;
  std::optional<MeasuredModel> learned;
};

Asked read_asked(const BaselinesArguments& arguments) {
  const std::filesystem::path source = arguments.source;
  if (std::filesystem::exists(source / kManifestName)) {
    TORCH_CHECK_VALUE(arguments.features.empty(), "baselines: --features goes with a RUN, got features in ",
                      arguments.source, " too");
    FeatureStore store = FeatureStore::open(source);
    PairedFeatures pairs = split_pairs(store, arguments.split);
    return {.store = std::move(store), .pairs = std::move(pairs), .learned = std::nullopt};
  }
  if (!std::filesystem::exists(source / kRunName))
    throw FileError(source, "features (with manifest.json) or a run (with run.json)", "neither");
  EmbeddedSplit embedded = Model::open(source).embed(arguments.features, arguments.split);
  MeasuredModel learned = measured(embedded.run.cca ? "the run, solved for" : "learned heads", embedded.image,
                                   embedded.text, embedded.pairs.image_of_text);
  learned.dev_recall = embedded.run.dev_recall;
  if (embedded.run.cca)
    learned.settings = to_json(*embedded.run.cca);
  else if (embedded.run.members.empty())
    learned.settings["epoch"] = embedded.run.best_epoch;
  else
    learned.settings["members"] = embedded.run.members.size();
  return {.store = std::move(embedded.store), .pairs = std::move(embedded.pairs), .learned = std::move(learned)};
}

void run_baselines(const BaselinesArguments& arguments) {
  const Asked asked = read_asked(arguments);
  const PairedFeatures train = select_split(asked.store, Split::kTrain);
  const PairedFeatures dev = select_split(asked.store, Split::kDev);
  std::vector<MeasuredModel> models;
  {
    ProgressBar bar("fitting", "settings of baselines");
    models = measured_baselines(train, dev, asked.pairs, asked.store.manifest(), bar.callback());
  }
  if (asked.learned) models.push_back(*asked.learned);
  if (arguments.json) {
    Json list = Json::array();
    for (const MeasuredModel& model : models) list.push_back(to_json(model));
    std::cout << json_text(Json{{"data", asked.store.manifest().data_name},
                                {"split", arguments.split},
                                {"pictures", asked.pairs.image.size(0)},
                                {"captions", asked.pairs.text.size(0)},
                                {"models", list}})
              << "\n";
    return;
  }
  std::cout << printable(asked.store.manifest().data_name) << ", split " << arguments.split << ": "
            << with_thousands(asked.pairs.image.size(0)) << " pictures, " << with_thousands(asked.pairs.text.size(0))
            << " captions; recall in percent\n";
  print_models(models, std::cout);
}

}  // namespace

void add_baselines_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "baselines", "Measure what is possible without training: CCA, ridge regression, Procrustes, ASIF");
  const auto arguments = std::make_shared<BaselinesArguments>();
  command
      ->add_option("source", arguments->source,
                   "Features made by 'tandem encode', or a run, whose heads are then measured too")
      ->required();
  add_split_option(*command, arguments->split);
  command->add_option("--features", arguments->features,
                      "With a run: features by the same encoders, if not those of training");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem baselines features\n"
      "  tandem baselines run --json\n"
      "\nAll are fitted on train; regularisation, width, power and number of neighbours are chosen on dev by the "
      "mean of the six recalls, and\n"
      "the chosen split is measured once. Features are standardised as in the heads, tokens are averaged. A tie "
      "is a miss.");
  command->callback([arguments] { run_baselines(*arguments); });
}

}  // namespace tandem::apps
