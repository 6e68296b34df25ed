// Strict reading of numbers on the command line. CLI11 alone reads "010" as 8 and "-1" as 2^64 - 1,
// and accepts "nan".
#pragma once

#include <CLI/CLI.hpp>

namespace tandem::apps {

/// Makes every option that takes a number accept only decimal numbers that are finite and in the
/// range of the option's type. This holds for the program and all its commands. Call it after all
/// options were added. The option's own checks come afterwards.
void read_numbers_strictly(CLI::App& app);

}  // namespace tandem::apps
