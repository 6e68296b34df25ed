// The option --split, the same for all commands that choose pictures by split.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tandem::apps {

/// Adds --split, which accepts the names of split_choice and stores the usual name
/// (usual_split_name) in `split`. The value of `split` before the call is the default. `split` must
/// outlive the command.
///
///   help  text before the list of names
void add_split_option(CLI::App& command, std::string& split, const std::string& help = "");

}  // namespace tandem::apps
