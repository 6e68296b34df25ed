// Error messages of one line: for wrong command lines and for unexpected exceptions.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tandem::apps {

/// The message for a wrong command line. If a command, an option or one of a few possible words is
/// nearly right, it names the one that was probably meant:
/// "tandem train: expected an option of train, found '--widht' (did you mean '--width'?); see
/// 'tandem train --help'"
std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error);

/// The message for an exception that no command expects: one line, without a stack trace. Sets
/// `code` to 2 if the machine had too little memory, and to 1 otherwise.
std::string unexpected_sentence(const std::exception& error, int& code);

}  // namespace tandem::apps
