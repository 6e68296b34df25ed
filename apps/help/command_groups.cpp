#include "apps/help/command_groups.h"

namespace tandem::apps {

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> groups = {
      {"Start here", {"fit", "search", "map", "report"}},
      {"Data", {"fetch", "data", "encoders", "encode"}},
      {"Train", {"train", "cca", "ensemble", "correct", "finetune", "sweep"}},
      {"Measure", {"eval", "classify", "geometry", "baselines", "scan", "audit"}},
      {"Look", {"examples", "figures"}},
      {"Exchange", {"embed", "import", "export"}},
      {"Help", {"help", "completion"}},
  };
  return groups;
}

}  // namespace tandem::apps
