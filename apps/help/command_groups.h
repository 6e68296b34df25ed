// The groups in which `tandem` and `tandem --help` list the commands.
#pragma once

#include <string>
#include <vector>

namespace tandem::apps {

struct CommandGroup {
  std::string title;
  std::vector<std::string> commands;  ///< in the order of the list; some may not be in this program
};

/// Every command of the program belongs to exactly one group; a test checks it.
const std::vector<CommandGroup>& command_groups();

}  // namespace tandem::apps
