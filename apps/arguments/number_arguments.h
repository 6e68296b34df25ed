// Numbers on the command line, read as they are written: CLI11 takes "010" for 8, "-1" for 2^64 - 1
// and "nan" for a number.
#pragma once

#include <CLI/CLI.hpp>

namespace tandem::apps {

/// Lets every option of the program and of its commands that takes a number take a decimal one
/// alone, finite and in the range of its type. Call it after all options were added; what an option
/// itself asks of its number is asked afterwards.
void read_numbers_strictly(CLI::App& app);

}  // namespace tandem::apps
