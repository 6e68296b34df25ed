// The options of the correction for hubs, the same for all commands that apply one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tandem/evaluation/corrected_retrieval.h"

namespace tandem::apps {

/// Adds --correction. `wanted` must outlive the command.
void add_correction_option(CLI::App& command, std::string& wanted);

/// Adds --correction and --transductive. `options` must outlive the command.
void add_correction_options(CLI::App& command, CorrectionOptions& options);

}  // namespace tandem::apps
