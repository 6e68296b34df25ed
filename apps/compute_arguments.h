// What encoders compute with, for the commands that encode: --dtype and --device.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "tandem/network/precision.h"

namespace tandem::apps {

struct ComputeArguments {
  std::string dtype = "auto";
  std::string device = "cpu";

  /// Throws c10::ValueError if this machine cannot.
  Compute compute() const;
};

void add_compute_arguments(CLI::App& command, ComputeArguments& arguments);

}  // namespace tandem::apps
