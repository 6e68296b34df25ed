#include "tandem/data/split_choice.h"

#include <c10/util/Exception.h>

namespace tandem {

std::optional<Split> split_choice(const std::string& name) {
  if (name == "all") return std::nullopt;
  const std::optional<Split> split = split_named(name);
  TORCH_CHECK_VALUE(split.has_value(), "--split must be ", kSplitHelp, ", got \"", name, "\"");
  return split;
}

std::string usual_split_name(const std::string& name) {
  const std::optional<Split> split = split_choice(name);
  return split ? std::string(split_name(*split)) : "all";
}

}  // namespace tandem
