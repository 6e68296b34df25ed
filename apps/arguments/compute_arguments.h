// What and where commands compute: --dtype and --device of those that encode, --device of those
// that train.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "tandem/nn/precision.h"

namespace tandem::apps {

struct ComputeArguments {
  std::string dtype = "auto";
  std::string device = "cpu";

  /// Throws c10::ValueError if this machine cannot.
  Compute compute() const;
};

void add_compute_arguments(CLI::App& command, ComputeArguments& arguments);

/// Settings of LibTorch to train heads with there: the same bits again for the same work. None is
/// about precision, which is the business of the products that are to be rounded
/// (HeadOptions::bf16, StreamingOptions::products): LibTorch's own setting is the whole process's,
/// and would round what is measured beside the training too.
void train_on(c10::Device device);

}  // namespace tandem::apps
