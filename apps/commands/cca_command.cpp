#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/model/closed_form_run.h"
#include "tandem/reports/run_words.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

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
  if (arguments.no_dev) {
    grid.regularisations = {kPlainCcaSettings.regularisation};
    grid.powers = {kPlainCcaSettings.power};
  }
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

void report(const CcaArguments& arguments, const ClosedFormRun& made) {
  const Run& run = made.run;
  if (!arguments.json) {
    std::cout << arguments.out << ": " << seed_words(run) << ", " << run.image_heads.embedding_width() << " columns; "
              << choice_words(run) << "\n";
    return;
  }
  Json tried = Json::array();
  for (const CcaSolution::Tried& one : made.solution.tried) {
    Json json = to_json(one.settings);
    json["dev_mean_recall"] = one.dev_recall;
    tried.push_back(json);
  }
  Json told = to_json(made.solution.settings);
  told.update({{"run", arguments.out},
               {"width", run.image_heads.embedding_width()},
               {"logit_scale", run.logit_scale},
               {"dev_mean_recall", run.dev_recall ? Json(*run.dev_recall) : Json()},
               {"shuffled", arguments.shuffled},
               {"tried", tried}});
  std::cout << json_line(told) << "\n";
}

ClosedFormRun solve(const CcaArguments& arguments) {
  const ClosedFormOptions options{.grid = grid_of(arguments),
                                  .no_dev = arguments.no_dev,
                                  .shuffled = arguments.shuffled,
                                  .seed = arguments.seed,
                                  .overwrite = arguments.overwrite};
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  ProgressStages bars;
  return make_closed_form_run(arguments.features, arguments.out, options, bars.stages(), bars.notice());
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
                   "Shares of the mean variance, of which dev chooses the best; without it 0.001 to 10 in seven steps")
      ->expected(1, 100);
  command
      ->add_option("--power", arguments->powers,
                   "Powers of the correlations, by which directions are weighted; dev chooses; without it 0, 0.5, "
                   "1, 2, 4")
      ->expected(1, 100);
  command
      ->add_option("--width", arguments->width,
                   "Number of canonical directions, the width of the shared space; fewer if a side has fewer")
      ->capture_default_str();
  command->add_flag("--no-dev", arguments->no_dev, "Do not use dev: regularisation 1 and power 0.5, or the given ones");
  command->add_flag("--shuffled", arguments->shuffled, "The control: every picture gets another picture's captions");
  command->add_option("--seed", arguments->seed, "Seed of the control's shuffling; nothing else is random")
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
      "  tandem ensemble run linear --out both --weights dev         # with trained heads: better than either by "
      "far on Flickr8k\n"
      "  tandem cca features --out linear --regularisation 1 --power 0 0.5 1\n"
      "\nThe heads are linear, regularised, and computed from the features: there is no seed and no epoch. "
      "Settings and measure are\n"
      "those of 'tandem baselines', but here the solution is a run, which every command accepts. Time grows with "
      "the cube of the\n"
      "features' width: seconds for 1,500 columns, minutes for 4,000.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--seed"}, "--shuffled", arguments->shuffled}});
    report(*arguments, solve(*arguments));
  });
}

}  // namespace tandem::apps
