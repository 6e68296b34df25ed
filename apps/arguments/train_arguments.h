// What `tandem train` is told on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tandem/training/checkpoint_keeper.h"
#include "tandem/training/train_options.h"

namespace tandem::apps {

struct TrainArguments {
  std::string features;
  std::string out;
  std::string resume;  ///< folder of the run to go on with; then `out` is empty
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

/// Adds every option to the command.
void add_train_options(CLI::App& command, TrainArguments& arguments);

/// Options that are given as words or for both sides at once, put in their place. To be called
/// after parsing.
/// Throws c10::ValueError, naming the option, if two do not go together (--resume brings every
/// option of the training with it), one means nothing to the loss, head, scaling or pooling chosen,
/// or bf16 is asked of a processor that does not multiply it.
void complete_train_arguments(const CLI::App& command, TrainArguments& arguments);

}  // namespace tandem::apps
