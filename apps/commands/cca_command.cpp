#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/number_text.h"
#include "tandem/model/cca_solution.h"
#include "tandem/model/run_place.h"
#include "tandem/reports/run_words.h"
#include "tandem/training/pair_order.h"
#include "tandem/training/train_data.h"

namespace tandem::apps {
namespace {

/// What --no-dev takes where nothing else is said: on Flickr8k's dev split the best by the default
/// encoders, and within a point of it by four and MiniLM's layers.
constexpr double kPlainRegularisation = 1, kPlainPower = 0.5;

struct CcaArguments {
  std::string features, out;
  std::vector<double> regularisations, powers;
  std::int64_t width = CcaGrid().width;
  bool no_dev = false;
  bool shuffled = false;
  std::uint64_t seed = 0;
  int threads = 0;
  bool overwrite = false;
  bool json = false;
};

CcaGrid grid_of(const CcaArguments& arguments) {
  CcaGrid grid{.width = arguments.width};
  if (arguments.no_dev) grid.regularisations = {kPlainRegularisation}, grid.powers = {kPlainPower};
  if (!arguments.regularisations.empty()) grid.regularisations = arguments.regularisations;
  if (!arguments.powers.empty()) grid.powers = arguments.powers;
  for (const double value : grid.regularisations)
    TORCH_CHECK_VALUE(std::isfinite(value) && value > 0, "cca: --regularisation must be above 0, got ", value);
  for (const double value : grid.powers)
    TORCH_CHECK_VALUE(std::isfinite(value) && value >= 0, "cca: --power must be 0 or more, got ", value);
  TORCH_CHECK_VALUE(grid.width > 0, "cca: --width must be positive, got ", grid.width);
  TORCH_CHECK_VALUE(!arguments.no_dev || grid.settings() == 1,
                    "cca: with --no-dev one --regularisation and one --power were needed, got ", grid.settings(),
                    " settings");
  return grid;
}

void report(const CcaArguments& arguments, const CcaSolution& solution, const Run& run) {
  if (!arguments.json) {
    std::cout << arguments.out << ": " << seed_words(run) << ", " << run.image_heads.embedding_width() << " columns; "
              << choice_words(run) << "\n";
    return;
  }
  Json tried = Json::array();
  for (const CcaSolution::Tried& one : solution.tried) {
    Json json = to_json(one.settings);
    json["dev_mean_recall"] = one.dev_recall;
    tried.push_back(json);
  }
  Json told = to_json(solution.settings);
  told.update({{"run", arguments.out},
               {"width", run.image_heads.embedding_width()},
               {"logit_scale", run.logit_scale},
               {"dev_mean_recall", run.dev_recall ? Json(*run.dev_recall) : Json()},
               {"shuffled", arguments.shuffled},
               {"tried", tried}});
  std::cout << told.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

/// The captions of other pictures, for the control; otherwise the pairs as they are.
PairedFeatures pairs_to_solve(const PairedFeatures& train, const TrainOptions& options) {
  PairedFeatures pairs = train;
  pairs.image_of_text = training_pairs(train, options).image_of_text;
  return pairs;
}

void run_cca(const CcaArguments& arguments) {
  const CcaGrid grid = grid_of(arguments);
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  const TrainData data = open_train_data(arguments.features, arguments.no_dev);
  const std::filesystem::path out = arguments.out;
  RunPlace run_place(out);
  if (!arguments.overwrite) run_place.refuse_other_run();
  run_place.refuse_inside(arguments.features);
  const std::filesystem::path& place = run_place.begin();
  TrainOptions options;
  options.shuffled = arguments.shuffled;
  options.seed = arguments.seed;
  const FeatureManifest& manifest = data.store.manifest();
  std::cerr << "solving for " << with_thousands(data.train.image.size(0)) << " pictures with "
            << with_thousands(data.train.text.size(0)) << " captions"
            << (data.dev ? ", choosing among " + std::to_string(grid.settings()) + " settings on " +
                               with_thousands(data.dev->image.size(0)) + " dev pictures"
                         : "")
            << (arguments.shuffled ? "; CONTROL: captions shuffled between pictures" : "") << "\n";
  ProgressBar bar("solving", "settings");
  const CcaSolution solution =
      solve_cca(pairs_to_solve(data.train, options), data.dev ? &*data.dev : nullptr, manifest, grid, bar.callback());
  bar.clear();
  options.image_head = solution.image.options();
  options.text_head = solution.text.options();
  const Run run{.image_heads = solution.image,
                .text_heads = solution.text,
                .logit_scale = solution.logit_scale,
                .dev_recall = solution.dev_recall,
                .options = options,
                .unscaled = unscaled_columns(data, options),
                .cca = solution.settings,
                .data_name = manifest.data_name,
                .features_folder = std::filesystem::absolute(arguments.features).lexically_normal(),
                .features_plan = manifest.plan,
                .image_encoders = carry_encoders(place, "image", manifest.image_encoders),
                .text_encoders = carry_encoders(place, "text", manifest.text_encoders)};
  write_run(place, run);
  run_place.finish();
  report(arguments, solution, run);
}

}  // namespace

void add_cca_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("cca", "Solve for linear heads in closed form: canonical correlation analysis");
  const auto arguments = std::make_shared<CcaArguments>();
  command->add_option("features", arguments->features, "Features made by 'tandem encode'")->required();
  command->add_option("--out", arguments->out, "Folder of the run")->required();
  command
      ->add_option("--regularisation", arguments->regularisations,
                   "Shares of the mean variance to choose from on dev; without it 0.001 to 10 in seven steps")
      ->expected(1, 100);
  command
      ->add_option(
          "--power", arguments->powers,
          "Of the correlations, by which directions are weighted, to choose from on dev; without it 0, 0.5, 1, 2, 4")
      ->expected(1, 100);
  command
      ->add_option("--width", arguments->width,
                   "Canonical directions, the width of the shared space; fewer where a side has no more")
      ->capture_default_str();
  command->add_flag("--no-dev", arguments->no_dev, "Choose nothing: regularisation 1 and power 0.5, or those given");
  command->add_flag("--shuffled", arguments->shuffled, "The control: every picture gets another picture's captions");
  command->add_option("--seed", arguments->seed, "Of the control's shuffling; nothing else is left to chance")
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "CPU threads; 0: all cores")
      ->capture_default_str()
      ->check(threads_range());
  command->add_flag("--overwrite", arguments->overwrite, "Replace a run");
  command->add_flag("--json", arguments->json, "Print a JSON object, with every setting tried");
  command->footer(
      "Examples:\n"
      "  tandem cca features --out linear\n"
      "  tandem eval linear\n"
      "  tandem ensemble run linear --out both --weights dev         # with trained heads: better than either by far "
      "on Flickr8k\n"
      "  tandem cca features --out linear --regularisation 1 --power 0 0.5 1\n"
      "\nHeads are linear, regularised, and follow from the features: no seed, no epochs. Setting and measure are "
      "those of 'tandem baselines'; here the\n"
      "solution is a run, which every command takes. Time grows with the cube of the features' width: seconds for "
      "1,500 columns, minutes for 4,000.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--seed"}, "--shuffled", arguments->shuffled}});
    run_cca(*arguments);
  });
}

}  // namespace tandem::apps
