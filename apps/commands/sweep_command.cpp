#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/stop_signals.h"
#include "tandem/base/errors.h"
#include "tandem/model/run_of_training.h"
#include "tandem/model/run_place.h"
#include "tandem/model/training_logs.h"
#include "tandem/reports/sweep_report.h"
#include "tandem/reports/training_curves_of_run.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/folder_lock.h"

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

/// Test is opened before anything is trained, so that its absence is told in time; it is measured
/// last, once.
struct SweepData {
  TrainData train;
  PairedFeatures test;
};

SweepData open_sweep_data(const std::filesystem::path& features) {
  SweepData data{.train = open_train_data(features, /*no_dev=*/true)};
  data.train.dev = select_split(data.train.store, Split::kDev);
  data.test = select_split(data.train.store, Split::kTest);
  return data;
}

/// Whether both folders hold the same model, down to its checksums.
bool same_run(const std::filesystem::path& one, const std::filesystem::path& other) {
  try {
    return read_checked_json(one / kRunName) == read_checked_json(other / kRunName);
  } catch (const FileError&) {
    return false;
  }
}

/// The run that is there stays, with the correction that it may have got meanwhile, where the best
/// is what it was.
void write_best_run(const std::filesystem::path& out, const TrainedHeads& trained, const TrainOptions& options,
                    const TrainData& data) {
  const FeatureStore& store = data.store;
  const FeatureManifest& manifest = store.manifest();
  RunPlace run_place(out);
  const std::filesystem::path& place = run_place.begin();
  const auto image_encoders = carry_encoders(place, "image", manifest.image_encoders);
  const auto text_encoders = carry_encoders(place, "text", manifest.text_encoders);
  const TrainingLogs logs(place, /*tensorboard=*/false, trained.epochs, 0);
  draw_curves(place / kCurvesName, trained);
  write_run(place, run_of(trained, options, unscaled_columns(data, options), manifest,
                          std::filesystem::absolute(store.folder()).lexically_normal(), image_encoders, text_encoders));
  if (!same_run(out, place)) run_place.finish();
}

/// A seed's heads, and how they were made.
struct ChosenHeads {
  TrainedHeads heads;
  TrainOptions options;
};

/// Measures every seed of the chosen configuration on test. Returns its best seed on dev.
ChosenHeads measure_chosen(SweepReport& report, const TrialFiles& files, const SweepData& data) {
  Contender& contender = report.contenders[report.standings.front().configuration];
  const SweepWatch watch{.notice = [](const std::string& line) { std::cerr << line << "\n"; }, .stop = stop_asked};
  std::size_t best = 0;
  for (std::size_t s = 0; s < contender.trials.size(); ++s) {
    const TrainedHeads heads = trial_heads(contender, s, files, data.train, watch);
    report.chosen.push_back(measured("seed " + std::to_string(contender.options[s].seed),
                                     embed_all(heads.image, data.test.image), embed_all(heads.text, data.test.text),
                                     data.test.image_of_text));
    report.chosen.back().dev_recall = contender.trials[s].dev_recall;
    if (contender.trials[s].dev_recall > contender.trials[best].dev_recall) best = s;
  }
  report.best_seed = contender.options[best].seed;
  return {.heads = files.read_heads(contender.names[best], contender.trials[best]), .options = contender.options[best]};
}

SweepReport sweep(std::vector<Contender> all, const SweepArguments& arguments, const SweepData& data) {
  const TrialFiles files(arguments.out);
  train_on(all.front().options.front().device);  // As in 'tandem train', so that a trial has the bits of that training.
  {
    ProgressBar bar("sweeping", "trials");
    const auto say = [&bar](const std::string& line) {
      bar.clear();
      std::cerr << line << "\n";
    };
    run_trials(all, files, data.train, arguments.jobs, {.progress = bar.display(), .notice = say, .stop = stop_asked});
  }
  SweepReport report{.data = data.train.store.manifest().data_name,
                     .dev_pictures = data.train.dev->image.size(0),
                     .dev_captions = data.train.dev->text.size(0),
                     .test_pictures = data.test.image.size(0),
                     .test_captions = data.test.text.size(0),
                     .best = (std::filesystem::path(arguments.out) / "best").string()};
  for (Contender& contender : all)
    (contender.failed() ? report.failed : report.contenders).push_back(std::move(contender));
  if (report.contenders.empty()) {
    const auto& trials = report.failed.front().trials;
    const auto failed =
        std::find_if(trials.begin(), trials.end(), [](const Trial& trial) { return !trial.failure.empty(); });
    throw FileError(
        arguments.grid, "a configuration that can be trained",
        report.failed.front().label + ", seed " + std::to_string(failed->options.seed) + ": " + failed->failure);
  }
  std::vector<std::vector<Trial>> trials;
  for (const Contender& contender : report.contenders) trials.push_back(contender.trials);
  report.standings = standings(trials, data.train.dev->image_of_text);
  const ChosenHeads chosen = measure_chosen(report, files, data);
  {
    ProgressBar bar("fitting", "settings of baselines");
    report.baselines =
        measured_baselines(data.train.train, *data.train.dev, data.test, data.train.store.manifest(), bar.callback());
  }
  write_best_run(report.best, chosen.heads, chosen.options, data.train);
  write_json(std::filesystem::path(arguments.out) / kResultName, sweep_json(report));
  return report;
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
  const SweepReport report = sweep(std::move(all), arguments, data);
  if (arguments.json) {
    std::cout << sweep_json(report).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    print_sweep(report, std::cout);
  }
}

}  // namespace

void add_sweep_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("sweep", "Compare losses, heads and options on the same features, several seeds each");
  const auto arguments = std::make_shared<SweepArguments>();
  command->add_option("features", arguments->features, "Feature store made by 'tandem encode'")->required();
  command->add_option("--grid", arguments->grid, "What to try, TOML (doc/sweep.md)")->required();
  command->add_option("--out", arguments->out, "Folder of the sweep; called again, it goes on where it stopped")
      ->required();
  command->add_option("--seeds", arguments->seeds, "Trainings of each configuration, seeds 1, 2, ...")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--random", arguments->random,
                   "Random search: so many draws from [[cases]], [grid] and [random]; 0: the whole grid")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--random-seed", arguments->random_seed, "Of the draws")->capture_default_str();
  command->add_option("--jobs", arguments->jobs, "Trials at once, one thread each; 1: one trial with all threads")
      ->check(threads_range(1))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads of a trial with --jobs 1; 0: one a core")
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
      "\nEvery configuration is trained with every seed and measured on dev. The one with the best mean is measured on "
      "test at the end, once;\n"
      "SWEEP/best is the run of its best seed. A changed grid in the same folder takes over the trials that still "
      "belong to it.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--random-seed"}, "--random N", arguments->random > 0}});
    run_sweep(*arguments);
  });
}

}  // namespace tandem::apps
