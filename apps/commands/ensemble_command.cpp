#include <c10/util/Exception.h>

#include <charconv>
#include <cmath>
#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/model/ensemble.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

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

/// The weights asked for, one per run; empty where none is, or dev chooses.
std::vector<double> read_weights(const EnsembleArguments& arguments) {
  if (arguments.weights.empty() || arguments.chooses()) return {};
  TORCH_CHECK_VALUE(arguments.weights.size() == arguments.runs.size(),
                    "ensemble: --weights must be \"dev\" or a number for each of ", arguments.runs.size(),
                    " runs, got ", arguments.weights.size());
  std::vector<double> weights;
  for (const std::string& text : arguments.weights) {
    double weight = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    TORCH_CHECK_VALUE(error == std::errc() && end == text.data() + text.size() && std::isfinite(weight) && weight > 0,
                      "ensemble: --weights must be \"dev\" or numbers above 0, got \"", text, "\"");
    weights.push_back(weight);
  }
  return weights;
}

void report(const EnsembleArguments& arguments, const Ensemble& ensemble) {
  const Run& run = ensemble.run;
  const std::vector<EnsemblePart>& parts = ensemble.parts;
  const auto recall_json = [](const std::optional<double>& recall) { return recall ? Json(*recall) : Json(); };
  double sum = 0;
  for (const EnsemblePart& part : parts) sum += part.weight;
  if (arguments.json) {
    Json members = Json::array();
    for (const EnsemblePart& part : parts)
      members.push_back({{"run", part.folder.string()},
                         {"weight", part.weight / sum},
                         {"dev_mean_recall", recall_json(part.dev_recall)}});
    std::cout << json_line(Json{{"run", arguments.out},
                                {"members", members},
                                {"width", run.image_heads.embedding_width()},
                                {"weights_chosen_on_dev", run.weights_chosen_on_dev},
                                {"dev_mean_recall", recall_json(run.dev_recall)}})
              << "\n";
    return;
  }
  if (run.dev_recall) {
    std::cout << "mean recall on dev, weight\n";
    for (const EnsemblePart& part : parts)
      std::cout << right_aligned(decimal(*part.dev_recall, 2), 7) << right_aligned(decimal(part.weight / sum, 3), 7)
                << "  " << printable(part.folder.string(), kLongestShownCaption) << "\n";
    std::cout << right_aligned(decimal(*run.dev_recall, 2), 7) << "       " << "  all of them together"
              << (run.weights_chosen_on_dev ? ", weights chosen on dev" : "") << "\n";
  }
  std::cout << arguments.out << ": an ensemble of " << run.members.size() << " pairs of heads, "
            << run.image_heads.embedding_width() << " columns wide\n";
}

Ensemble join(const EnsembleArguments& arguments) {
  TORCH_CHECK_VALUE(!arguments.chooses() || !arguments.no_dev,
                    "ensemble: --weights dev chooses on dev, got --no-dev too");
  const std::vector<std::filesystem::path> runs(arguments.runs.begin(), arguments.runs.end());
  ProgressStages bars;
  return make_ensemble(runs, arguments.out,
                       {.weights = read_weights(arguments),
                        .choose_weights_on_dev = arguments.chooses(),
                        .measure_on_dev = !arguments.no_dev,
                        .features = arguments.features,
                        .overwrite = arguments.overwrite},
                       bars.stages());
}

}  // namespace

void add_ensemble_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("ensemble", "Make one model of several runs, whose similarities are averaged");
  const auto arguments = std::make_shared<EnsembleArguments>();
  command
      ->add_option("runs", arguments->runs,
                   "Runs on the same features, made by 'tandem train' and 'tandem cca'; of an ensemble all members "
                   "are taken")
      ->required()
      ->expected(2, 1000);
  command->add_option("--out", arguments->out, "Folder of the new run")->required();
  command
      ->add_option("--weights", arguments->weights,
                   "Weights of the runs' similarities, one per run; or \"dev\": the best on dev. Without it all pairs "
                   "of heads weigh the same")
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
      "\nThe ensemble is a run like any other for eval, search and the rest, but cannot be fine-tuned. Its "
      "embeddings are as wide as those of all members\n"
      "together, and the cost of a search grows with the width.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--features"}, "members measured on dev", !arguments->no_dev, "--no-dev"}});
    report(*arguments, join(*arguments));
  });
}

}  // namespace tandem::apps
