// The work of a sweep: every configuration trained with every seed on features that were loaded
// once, as far as that was not done before.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/sweep/configurations.h"
#include "tandem/sweep/trial_files.h"
#include "tandem/training/train_data.h"

namespace tandem {

/// A configuration with its seeds.
struct Contender {
  std::string label;
  std::vector<TrainOptions> options;  ///< one per seed, settled
  std::vector<std::string> names;     ///< of the trials
  std::vector<Trial> trials;          ///< filled by run_trials

  bool failed() const;
};

std::vector<Contender> contenders(const std::vector<Configuration>& configurations, int seeds, const TrainData& data,
                                  c10::Device device);

/// Who watches a sweep, and may stop it.
struct SweepWatch {
  Progress progress;  ///< counts trials
  Notice notice;      ///< what was found, and every trained trial
  StopAsked stop;     ///< asked at every step; train_heads throws Stopped after it
};

/// Reads finished trials and trains the others, `jobs` at once with one thread each (1: with all
/// threads); then every trial is there. Heads are kept for the best configuration so far and those
/// not finished.
void run_trials(std::vector<Contender>& contenders, const TrialFiles& files, const TrainData& data, int jobs,
                const SweepWatch& watch);

/// The heads of a trial, trained again where an earlier, other grid let go of them.
TrainedHeads trial_heads(Contender& contender, std::size_t seed, const TrialFiles& files, const TrainData& data,
                         const SweepWatch& watch);

}  // namespace tandem
