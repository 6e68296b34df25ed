// The command line of `tandem train`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tandem/training/checkpoint_keeper.h"
#include "tandem/training/train_options.h"

namespace tandem::apps {

struct TrainArguments {
  std::string features;
  std::string out;
  std::string resume;  ///< folder of the run to continue; `out` is empty then
  TrainOptions options;
  CheckpointTimes checkpoints;
  std::string dtype = "fp32";
  std::string device;  ///< empty: not given
  int threads = 0;
  int peer_timeout = 300;
  bool no_dev = false;
  bool tensorboard = false;
  bool overwrite = false;
  bool json = false;
  bool pools = false;        ///< --pooling attention or gpo was given
  bool has_queries = false;  ///< --queries was given
};

/// Adds every option to the command. `arguments` must outlive it.
void add_train_options(CLI::App& command, TrainArguments& arguments);

/// Fills in the options that are given as words or for both sides at once. To be called after
/// parsing.
/// Throws c10::ValueError naming the option if two options exclude each other (--resume brings all
/// options of its training); if an option has no effect with the chosen loss, head, scaling or
/// pooling; or if bf16 is chosen on a CPU without native bf16.
void complete_train_arguments(const CLI::App& command, TrainArguments& arguments);

}  // namespace tandem::apps
