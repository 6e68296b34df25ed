// The options that every command has: --help-all, --quiet, --verbose and --log FILE. They may stand
// before the command or after it.
#pragma once

#include <CLI/CLI.hpp>

#include "apps/terminal/speech.h"

namespace tandem::apps {

/// Adds --quiet, --verbose and --log to the program and to all its commands. To be called after all
/// commands were added. A command that has an option of that name keeps its own.
void add_everyday_options(CLI::App& program);

/// What the command line said of them; also after a parse that failed, as far as it came.
/// Throws c10::ValueError if it has both --quiet and --verbose.
SpeechOptions speech_options(const CLI::App& program);

}  // namespace tandem::apps
