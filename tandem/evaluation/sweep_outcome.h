// Runs a whole sweep: trains every configuration, compares them on dev, and measures the best one
// and the closed-form baselines on test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/evaluation/measured_models.h"
#include "tandem/sweep/standings.h"
#include "tandem/sweep/sweep_trials.h"

namespace tandem {

/// The three splits of a sweep's features. Test is opened before training, so that a missing test
/// split is reported at once. It is measured only once, at the end.
struct SweepData {
  TrainData train;  ///< train and dev
  PairedFeatures test;
};

/// Opens the splits of the features in the folder `features`.
/// Throws FileError as open_train_data does, and as select_split does for dev and test.
SweepData open_sweep_data(const std::filesystem::path& features);

struct SweepOutcome {
  std::string data;
  std::int64_t dev_pictures = 0, dev_captions = 0, test_pictures = 0, test_captions = 0;
  std::vector<Contender> contenders;     ///< the configurations that were trained
  std::vector<Contender> failed;         ///< those whose training failed
  std::vector<Standing> standings;       ///< of `contenders`
  std::vector<MeasuredModel> baselines;  ///< on test
  std::vector<MeasuredModel> chosen;     ///< the best configuration on test, one row per seed
  std::uint64_t best_seed = 0;           ///< of the run in `best`
  std::string best;                      ///< folder of the best seed's run
};

/// Draws the curves of a training into `file`.
using DrawCurves = std::function<void(const std::filesystem::path& file, const TrainedHeads& trained)>;

struct SweepOptions {
  std::filesystem::path out;    ///< folder of the sweep; the caller must have locked it
  std::filesystem::path grid;   ///< file with the search space, for messages
  int jobs = 1;                 ///< number of trials at once, with one thread each; 1: one trial with all threads
  DrawCurves draw_curves = {};  ///< makes curves.svg of the best run; empty: it has none
};

/// Callbacks that watch a sweep and may stop it. There are two stages: trials, then settings of
/// baselines. `stop` is called at every training step and after every setting.
struct SweepWatchers {
  Stages stages;
  Notice notice;
  StopAsked stop;
};

/// Trains all configurations with all their seeds; trials that are already in `out` are only read.
/// Measures every seed of the best configuration and the baselines on test, and writes the best
/// seed's run into `out`/best. If the same run is already there, it is not replaced.
/// Throws FileError if no configuration could be trained or a file cannot be read or written;
/// Stopped after `stop` returned true.
SweepOutcome sweep_outcome(std::vector<Contender> all, const SweepData& data, const SweepOptions& options,
                           const SweepWatchers& watchers = {});

}  // namespace tandem
