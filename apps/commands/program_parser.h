// The parser of the whole command line: the program with all its commands.
#pragma once

#include <CLI/CLI.hpp>

namespace tandem::apps {

/// Adds every command and every option to an empty parser. The commands run in its parse().
void build_program_parser(CLI::App& program);

}  // namespace tandem::apps
