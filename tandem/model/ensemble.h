// One run made of several, whose similarities are averaged.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/run_folder.h"

namespace tandem {

/// A run of an ensemble.
struct EnsemblePart {
  std::filesystem::path folder;
  Run run;
  double weight = 0;                 ///< of its similarities, relative to the other parts' weights
  std::optional<double> dev_recall;  ///< mean of the six recalls, percent; nothing if dev was not measured
};

struct EnsembleOptions {
  std::vector<double> weights = {};  ///< one per run, above 0; empty: every pair of heads weighs the same
  bool choose_weights_on_dev = false;
  bool measure_on_dev = true;           ///< the parts and the ensemble
  std::filesystem::path features = {};  ///< to take dev from, by the runs' encoders; empty: the first run's
  bool overwrite = false;               ///< replace a run in the folder
};

struct Ensemble {
  std::vector<EnsemblePart> parts;
  Run run;
};

/// The heads of all parts side by side, weighted by the parts' weights: a similarity is the
/// weighted mean of theirs. Members, encoders and features are those of the parts; nothing is
/// measured.
///
///   parts  at least one, of the same encoders
Run joined_runs(const std::vector<EnsemblePart>& parts);

/// Makes an ensemble of the runs and writes it as a run into `out`. Choosing weights is a stage.
/// Throws c10::ValueError if there are not as many weights as runs, or weights are to be chosen
/// without dev; FileError if a run is given twice, was trained on other features or (only one of
/// them) on shuffled pairs, or `out` is one of the runs or, without `overwrite`, holds a run.
Ensemble make_ensemble(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& out,
                       const EnsembleOptions& options, const Stages& stages = {});

}  // namespace tandem
