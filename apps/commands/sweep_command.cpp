#include <ATen/Parallel.h>

#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/stop_signals.h"
#include "tandem/evaluation/sweep_outcome.h"
#include "tandem/reports/sweep_report.h"
#include "tandem/reports/training_curves_of_run.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/replaced_folder.h"

namespace tandem::apps {
namespace {

constexpr const char* kResultName = "result.json";

struct SweepArguments {
  std::string features;
  std::string grid;
  std::string out;
  int seeds = 3;
  std::int64_t random = 0;
  std::uint64_t random_seed = 1;
  int jobs = 1;
  int threads = 0;
  std::string device = "cpu";
  bool json = false;
};

SweepOutcome sweep(std::vector<Contender> all, const SweepData& data, const SweepArguments& arguments) {
  train_on(all.front().options.front().device);  // As in 'tandem train', so that a trial has the bits of that training.
  ProgressStages bars;
  return sweep_outcome(
      std::move(all), data,
      {.out = arguments.out, .grid = arguments.grid, .jobs = arguments.jobs, .draw_curves = draw_curves},
      {.stages = bars.displays(), .notice = bars.notice(), .stop = stop_asked});
}

void run_sweep(const SweepArguments& arguments) {
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  const c10::Device device = device_named(arguments.device);
  const SearchSpace space = read_search_space(arguments.grid);
  const std::vector<Configuration> configurations =
      arguments.random > 0 ? random_configurations(space, arguments.random, arguments.random_seed)
                           : grid_configurations(space);
  const SweepData data = open_sweep_data(arguments.features);
  std::vector<Contender> all = contenders(configurations, arguments.seeds, data.train, device);
  make_folder(arguments.out);
  const FolderLock lock(arguments.out);
  say_if_stopped(arguments.out + " keeps the finished trials; go on with: " + command_again());
  sweep_temporaries(arguments.out, [](const std::filesystem::path& entry) { return entry.filename() == kResultName; });
  const SweepOutcome outcome = sweep(std::move(all), data, arguments);
  const Json told = sweep_json(outcome);
  write_json(std::filesystem::path(arguments.out) / kResultName, told);
  if (arguments.json) {
    std::cout << json_text(told) << "\n";
  } else {
    print_sweep(outcome, std::cout);
  }
}

}  // namespace

void add_sweep_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("sweep", "Compare losses, heads and options on the same features, several seeds each");
  const auto arguments = std::make_shared<SweepArguments>();
  command->add_option("features", arguments->features, "Feature store made by 'tandem encode'")->required();
  command->add_option("--grid", arguments->grid, "TOML file with what to try (doc/sweep.md)")->required();
  command->add_option("--out", arguments->out, "Folder of the sweep; the same command continues where it stopped")
      ->required();
  command->add_option("--seeds", arguments->seeds, "Trainings of each configuration, seeds 1, 2, ...")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--random", arguments->random,
                   "Random search: this many draws from [[cases]], [grid] and [random]; 0: the whole grid")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--random-seed", arguments->random_seed, "Seed of the draws")->capture_default_str();
  command->add_option("--jobs", arguments->jobs, "Trials at once, one thread each; 1: one trial with all threads")
      ->check(threads_range(1))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads of a trial with --jobs 1; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command
      ->add_option("--device", arguments->device,
                   "Where to train: cpu, cuda (the first GPU) or cuda:NUMBER (doc/gpu.md)")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print a JSON object; SWEEP/result.json holds the same");
  command->footer(
      "Examples:\n"
      "  tandem sweep features --grid examples/losses.toml --out losses\n"
      "  tandem sweep features --grid examples/heads.toml --out heads --seeds 5 --jobs 2\n"
      "  tandem sweep features --grid examples/search.toml --out search --random 40\n"
      "\nEvery configuration is trained with every seed and measured on dev. The one with the best mean is "
      "measured on test at the end, once;\n"
      "SWEEP/best is the run of its best seed. A changed grid in the same folder keeps the trials that still "
      "belong to it.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--random-seed"}, "--random N", arguments->random > 0}});
    run_sweep(*arguments);
  });
}

}  // namespace tandem::apps
