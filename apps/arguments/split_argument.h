// --split, in the same words for all commands that choose pictures by split.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tandem::apps {

/// Adds --split, which takes what split_choice takes and puts the usual name into `split`; what
/// `split` holds before is the default. `split` must outlive the command. `help` goes before the
/// names.
void add_split_option(CLI::App& command, std::string& split, const std::string& help = "");

}  // namespace tandem::apps
