// A whole sweep: every configuration trained and compared on dev, the best one and the closed-form
// baselines measured on test.
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

/// The three splits of a sweep's features. Test is opened before anything is trained, so that its
/// absence is reported in time; it is measured last, once.
struct SweepData {
  TrainData train;  ///< with dev
  PairedFeatures test;
};

/// Throws FileError as select_split does for each of the splits.
SweepData open_sweep_data(const std::filesystem::path& features);

struct SweepOutcome {
  std::string data;
  std::int64_t dev_pictures = 0, dev_captions = 0, test_pictures = 0, test_captions = 0;
  std::vector<Contender> contenders;  ///< those that were trained
  std::vector<Contender> failed;
  std::vector<Standing> standings;       ///< of contenders
  std::vector<MeasuredModel> baselines;  ///< on test
  std::vector<MeasuredModel> chosen;     ///< on test, one per seed
  std::uint64_t best_seed = 0;           ///< whose run is in `best`
  std::string best;                      ///< folder of that run
};

/// Draws a training's curves into the file.
using DrawCurves = std::function<void(const std::filesystem::path& file, const TrainedHeads& trained)>;

struct SweepOptions {
  std::filesystem::path out;    ///< folder of the sweep, locked by the caller
  std::filesystem::path grid;   ///< file with what is tried, for complaints
  int jobs = 1;                 ///< trials at once, one thread each; 1: one trial with all threads
  DrawCurves draw_curves = {};  ///< empty: the best run has no curves.svg
};

/// Who watches a sweep, and may stop it. Stages are the trials, then the settings of baselines; the
/// stop is asked for at every training step and every setting.
struct SweepWatchers {
  Stages stages;
  Notice notice;
  StopAsked stop;
};

/// Trains all configurations with all their seeds, as far as `out` does not have them, measures
/// each seed of the best one and the baselines on test, and writes the best seed's run into
/// `out`/best. A run there that is the same stays as it is.
/// Throws FileError if no configuration could be trained; Stopped if that was asked for.
SweepOutcome sweep_outcome(std::vector<Contender> all, const SweepData& data, const SweepOptions& options,
                           const SweepWatchers& watchers = {});

}  // namespace tandem
