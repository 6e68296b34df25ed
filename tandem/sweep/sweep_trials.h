// Trains every configuration of a sweep with every seed. Features are loaded once, and trials that
// are already finished are not repeated.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/sweep/configurations.h"
#include "tandem/sweep/trial_files.h"
#include "tandem/training/train_data.h"

namespace tandem {

/// A configuration with its seeds, 1 to the number of seeds.
struct Contender {
  std::string label;
  std::vector<TrainOptions> options;  ///< one per seed, with all defaults filled in
  std::vector<std::string> names;     ///< one per seed: the names of the trials' files
  std::vector<Trial> trials;          ///< one per seed, filled by run_trials

  /// Whether the training of at least one trial failed.
  bool failed() const;
};

/// One contender per configuration with `seeds` seeds. A configuration whose settled options equal
/// those of an earlier one is left out.
std::vector<Contender> contenders(const std::vector<Configuration>& configurations, int seeds, const TrainData& data,
                                  c10::Device device);

/// Callbacks that watch a sweep and may stop it.
struct SweepWatch {
  Progress progress;  ///< counts trials
  Notice notice;      ///< gets one line about the trials found, and one per trained trial
  StopAsked stop;     ///< called at every step; after it returns true, train_heads throws Stopped
};

/// Fills the trials of all contenders: reads those that are finished and trains the others. Heads
/// on disk are kept only for the best configuration so far and for configurations that are not
/// finished.
///
///   jobs  number of trials at once, with one thread each; 1: one trial with all threads
///
/// Throws Stopped after `watch.stop` returned true; FileError if a trial's file is damaged or
/// cannot be written. A training that fails is recorded in its trial and does not throw.
void run_trials(std::vector<Contender>& contenders, const TrialFiles& files, const TrainData& data, int jobs,
                const SweepWatch& watch);

/// The heads of one trial. They are trained again if their file was removed, which happens after a
/// sweep with another grid. Throws as run_trials does.
///
///   seed  index of the trial, from 0
TrainedHeads trial_heads(Contender& contender, std::size_t seed, const TrialFiles& files, const TrainData& data,
                         const SweepWatch& watch);

}  // namespace tandem
