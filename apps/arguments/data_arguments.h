// Which data a command works on, in the same words for all commands that read data.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tandem/readers/data_spec.h"

namespace tandem::apps {

struct DataArguments {
  std::string spec;
  DataOptions options;
  const CLI::App* command = nullptr;  ///< whose they are
};

/// Adds `name` ("--data"), --limit, --per-category, --data-seed and --templates. `arguments` must
/// outlive the command.
void add_data_arguments(CLI::App& command, const std::string& name, DataArguments& arguments);

/// read_data of what was asked for. Throws c10::ValueError if an option was given that means
/// nothing to such data.
CaptionSet read_data(const DataArguments& arguments);

}  // namespace tandem::apps
