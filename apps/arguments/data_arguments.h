// The options that choose the data, the same for all commands that read data.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tandem/readers/data_spec.h"

namespace tandem::apps {

struct DataArguments {
  std::string spec;
  DataOptions options;
  const CLI::App* command = nullptr;  ///< the command that has these options
};

/// Adds `name` ("--data"), --limit, --per-category, --data-seed, --templates and those for tables:
/// --image-column, --caption-column, --split-column, --label-column and --delimiter. `arguments`
/// must outlive the command.
void add_data_arguments(CLI::App& command, const std::string& name, DataArguments& arguments);

/// Reads the data that the arguments name. Throws as tandem::read_data does; c10::ValueError if an
/// option was given that has no effect on this kind of data.
CaptionSet read_data(const DataArguments& arguments);

}  // namespace tandem::apps
