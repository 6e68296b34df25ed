#include "apps/arguments/idle_options.h"

#include <c10/util/Exception.h>

namespace tandem::apps {

void refuse_idle_options(const CLI::App& command, const std::vector<OptionRule>& rules) {
  for (const OptionRule& rule : rules) {
    if (rule.holds) continue;
    for (const std::string& name : rule.options) {
      TORCH_CHECK_VALUE(command.get_option(name)->count() == 0, command.get_name(), ": ", name, " goes with ",
                        rule.goes_with, ", got ", rule.instead.empty() ? "none of it" : rule.instead);
    }
  }
}

}  // namespace tandem::apps
