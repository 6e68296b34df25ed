#include "apps/arguments/split_argument.h"

#include "tandem/data/split_choice.h"

namespace tandem::apps {

void add_split_option(CLI::App& command, std::string& split, const std::string& help) {
  command.add_option("--split", split, help + kSplitHelp)
      ->capture_default_str()
      ->transform([](const std::string& name) { return usual_split_name(name); });
}

}  // namespace tandem::apps
