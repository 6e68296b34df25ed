// Which options `tandem COMMAND --help` shows, and the groups in which `--help-all` shows the rest.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tandem::apps {

/// The options of a command that most people need, in the order of the help. The required ones and
/// the words without a dash are always shown. Empty: the command has few options, and all are shown.
const std::vector<std::string>& essential_options(const std::string& command);

/// The name by which the tables know an option: "--limit"; "-k" if it has no long name.
std::string option_name(const CLI::Option& option);

/// The title under which --help-all shows an option that is not essential: the option's own group
/// if it has one, else what the table says, else "Other options".
std::string option_group(const CLI::Option& option);

/// The titles that option_group takes from the table, in the order of the help.
const std::vector<std::string>& option_group_titles();

/// The options that every command has: --help, --help-all, --quiet, --verbose and --log.
bool is_everyday_option(const std::string& name);

}  // namespace tandem::apps
