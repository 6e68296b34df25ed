// What `tandem`, `tandem --help` and `tandem COMMAND --help` print.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace tandem::apps {

/// The usage line, the commands in their groups, and where to read on.
std::string short_help(const CLI::App& program);

/// The commands that command_groups() does not name, in the program's order.
std::vector<std::string> commands_without_group(const CLI::App& program);

/// Prints help by the tables of command_groups.h and option_groups.h. To be set before commands are
/// added: they inherit it. The essential options for --help, all options in groups for --help-all.
std::shared_ptr<CLI::FormatterBase> help_formatter();

/// The words that an option accepts, of an option that accepts only a few: {"text", "image"}.
std::vector<std::string> accepted_words(const CLI::Option& option);

/// Whether the option takes a number.
bool takes_number(const CLI::Option& option);

/// Whether it takes no value.
bool is_flag(const CLI::Option& option);

}  // namespace tandem::apps
