// The work of a sweep: every configuration trained with every seed on features that were loaded
// once, as far as that was not done before.
#pragma once

#include <string>
#include <vector>

#include "apps/train_data.h"
#include "tandem/sweep/configurations.h"
#include "tandem/sweep/trial_files.h"

namespace tandem::apps {

/// A configuration with its seeds.
struct Contender {
  std::string label;
  std::vector<TrainOptions> options;  ///< one a seed, settled
  std::vector<std::string> names;     ///< of the trials
  std::vector<Trial> trials;          ///< filled by run_trials

  bool failed() const;
};

std::vector<Contender> contenders(const std::vector<Configuration>& configurations, int seeds, const TrainData& data,
                                  c10::Device device);

/// Reads finished trials and trains the others, `jobs` at once with one thread each (1: with all
/// threads); then every trial is there. Says on standard error what was found and what is trained.
/// Heads are kept for the best configuration so far and those not finished.
void run_trials(std::vector<Contender>& contenders, const TrialFiles& files, const TrainData& data, int jobs);

/// The heads of a trial, trained again where an earlier, other grid let go of them.
TrainedHeads trial_heads(Contender& contender, std::size_t seed, const TrialFiles& files, const TrainData& data);

}  // namespace tandem::apps
