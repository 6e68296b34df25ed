#include "tandem/evaluation/sweep_outcome.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/run_of_training.h"
#include "tandem/model/run_place.h"
#include "tandem/model/training_logs.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

constexpr const char* kBestName = "best";

/// Whether both folders hold the same model, down to its checksums.
bool same_run(const std::filesystem::path& one, const std::filesystem::path& other) {
  try {
    return read_checked_json(one / kRunName) == read_checked_json(other / kRunName);
  } catch (const FileError&) {
    return false;
  }
}

/// A seed's heads, and how they were made.
struct ChosenHeads {
  TrainedHeads heads;
  TrainOptions options;
};

/// The run that is there stays, with the correction that it may have got meanwhile, where the best
/// is what it was.
void write_best_run(const std::filesystem::path& out, const ChosenHeads& chosen, const TrainData& data,
                    const SweepOptions& options) {
  const FeatureStore& store = data.store;
  const FeatureManifest& manifest = store.manifest();
  RunPlace run_place(out);
  const std::filesystem::path& place = run_place.begin();
  const auto image_encoders = carry_encoders(place, "image", manifest.image_encoders);
  const auto text_encoders = carry_encoders(place, "text", manifest.text_encoders);
  const TrainingLogs logs(place, /*tensorboard=*/false, chosen.heads.epochs, 0);
  if (options.draw_curves) options.draw_curves(place / kCurvesName, chosen.heads);
  write_run(place, run_of(chosen.heads, chosen.options, unscaled_columns(data, chosen.options), manifest,
                          std::filesystem::absolute(store.folder()).lexically_normal(), image_encoders, text_encoders));
  if (!same_run(out, place)) run_place.finish();
}

/// Measures every seed of the chosen configuration on test. Returns its best seed on dev.
ChosenHeads measure_chosen(SweepOutcome& outcome, const TrialFiles& files, const SweepData& data,
                           const SweepWatchers& watchers) {
  Contender& contender = outcome.contenders[outcome.standings.front().configuration];
  const SweepWatch watch{.notice = watchers.notice, .stop = watchers.stop};
  std::size_t best = 0;
  for (std::size_t s = 0; s < contender.trials.size(); ++s) {
    const TrainedHeads heads = trial_heads(contender, s, files, data.train, watch);
    outcome.chosen.push_back(measured("seed " + std::to_string(contender.options[s].seed),
                                      embed_all(heads.image, data.test.image), embed_all(heads.text, data.test.text),
                                      data.test.image_of_text));
    outcome.chosen.back().dev_recall = contender.trials[s].dev_recall;
    if (contender.trials[s].dev_recall > contender.trials[best].dev_recall) best = s;
  }
  outcome.best_seed = contender.options[best].seed;
  return {.heads = files.read_heads(contender.names[best], contender.trials[best]), .options = contender.options[best]};
}

[[noreturn]] void refuse_failure(const Contender& contender, const std::filesystem::path& grid) {
  const auto failed = std::find_if(contender.trials.begin(), contender.trials.end(),
                                   [](const Trial& trial) { return !trial.failure.empty(); });
  throw FileError(grid, "a configuration that can be trained",
                  contender.label + ", seed " + std::to_string(failed->options.seed) + ": " + failed->failure);
}

/// The progress, which throws Stopped once the stop is asked for.
Progress stoppable(const Progress& progress, const StopAsked& stop) {
  return [progress, stop](std::int64_t done, std::int64_t total) {
    if (progress) progress(done, total);
    if (stop && stop()) throw Stopped();
  };
}

}  // namespace

SweepData open_sweep_data(const std::filesystem::path& features) {
  SweepData data{.train = open_train_data(features, /*no_dev=*/true)};
  data.train.dev = select_split(data.train.store, Split::kDev);
  data.test = select_split(data.train.store, Split::kTest);
  return data;
}

SweepOutcome sweep_outcome(std::vector<Contender> all, const SweepData& data, const SweepOptions& options,
                           const SweepWatchers& watchers) {
  const TrialFiles files(options.out);
  run_trials(all, files, data.train, options.jobs,
             {.progress = begin_stage(watchers.stages, "sweeping", "trials"),
              .notice = watchers.notice,
              .stop = watchers.stop});
  SweepOutcome outcome{.data = data.train.store.manifest().data_name,
                       .dev_pictures = data.train.dev->image.size(0),
                       .dev_captions = data.train.dev->text.size(0),
                       .test_pictures = data.test.image.size(0),
                       .test_captions = data.test.text.size(0),
                       .best = (options.out / kBestName).string()};
  for (Contender& contender : all)
    (contender.failed() ? outcome.failed : outcome.contenders).push_back(std::move(contender));
  if (outcome.contenders.empty()) refuse_failure(outcome.failed.front(), options.grid);
  std::vector<std::vector<Trial>> trials;
  for (const Contender& contender : outcome.contenders) trials.push_back(contender.trials);
  outcome.standings = standings(trials, data.train.dev->image_of_text);
  const ChosenHeads chosen = measure_chosen(outcome, files, data, watchers);
  outcome.baselines =
      measured_baselines(data.train.train, *data.train.dev, data.test, data.train.store.manifest(),
                         stoppable(begin_stage(watchers.stages, "fitting", "settings of baselines"), watchers.stop));
  write_best_run(outcome.best, chosen, data.train, options);
  return outcome;
}

}  // namespace tandem
