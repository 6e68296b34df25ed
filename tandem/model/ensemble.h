// Makes one run of several runs. Its similarities are the weighted mean of theirs.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/run_folder.h"

namespace tandem {

/// One of the runs that an ensemble is made of.
struct EnsemblePart {
  std::filesystem::path folder;
  Run run;
  double weight = 0;                 ///< of its similarities; only the ratios of the weights matter
  std::optional<double> dev_recall;  ///< mean of the six recalls, percent; nullopt if dev was not measured
};

struct EnsembleOptions {
  std::vector<double> weights = {};     ///< one per run, above 0; empty: every pair of heads has the same weight
  bool choose_weights_on_dev = false;   ///< needs `measure_on_dev`; the search starts from `weights`
  bool measure_on_dev = true;           ///< measure the parts and the ensemble
  std::filesystem::path features = {};  ///< with dev, made by the runs' encoders; empty: the first run's
  bool overwrite = false;               ///< replace a run that is already in the folder
};

struct Ensemble {
  std::vector<EnsemblePart> parts;
  Run run;
};

/// A run with the heads of all parts side by side. A similarity of this run is the weighted mean of
/// the parts' similarities. It has the members of all parts, and the encoders and features of the
/// first part. Nothing is measured.
///
///   parts  at least one, all with the same encoders
///
/// Throws c10::ValueError if there is no part.
Run joined_runs(const std::vector<EnsemblePart>& parts);

/// Makes an ensemble of the runs and writes it as a run into `out`. If weights are chosen on dev,
/// that is one stage.
/// Throws c10::ValueError if there is no run, if weights are given but not one per run, or if
/// weights are to be chosen but dev is not measured. Throws FileError as Model::open does, if a run
/// is given twice, if the runs differ in encoders or features, if some runs but not all were
/// trained on shuffled pairs, if `out` is one of the runs, or if `out` holds a run and `overwrite`
/// is false.
Ensemble make_ensemble(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& out,
                       const EnsembleOptions& options, const Stages& stages = {});

}  // namespace tandem
