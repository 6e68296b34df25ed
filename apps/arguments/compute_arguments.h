// Precision and device of computations: --dtype and --device for commands that encode, --device for
// commands that train.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "tandem/nn/precision.h"

namespace tandem::apps {

struct ComputeArguments {
  std::string dtype = "auto";
  std::string device = "cpu";

  /// Precision and device as the library takes them. Throws c10::ValueError if this machine does
  /// not have the device or cannot compute in that precision on it.
  Compute compute() const;
};

/// Adds --dtype and --device. `arguments` must outlive the command.
void add_compute_arguments(CLI::App& command, ComputeArguments& arguments);

/// Sets up LibTorch for training heads on the device, so that the same training gives the same bits
/// again. Does nothing on the CPU. Does not set a precision: HeadOptions::bf16 and
/// StreamingOptions::products choose it for single products. LibTorch's own setting holds for the
/// whole process and would also round what is measured during training.
void train_on(c10::Device device);

}  // namespace tandem::apps
