// What the program says of a command line that it cannot take, in one line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tandem::apps {

/// "tandem train: --width: expected ...; see 'tandem train --help'"
std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error);

/// What the program says of an exception that no command expects: one line, without a stack trace.
/// `code` becomes 2 where it is the machine's memory that was too small, and 1 elsewhere.
std::string unexpected_sentence(const std::exception& error, int& code);

}  // namespace tandem::apps
