#include "apps/help/kept_work.h"

#include <map>

namespace tandem::apps {

std::string kept_if_stopped(const std::string& command, const std::string& again) {
  static const char* const kNothing = "nothing is written";
  static const char* const kPage = "the page is not written, an older one is as it was";
  static const char* const kRun = "no run is made, an older one is as it was";
  static const std::map<std::string, const char*> kept = {
      {"audit", kNothing},
      {"baselines", kNothing},
      {"cca", kRun},
      {"classify", kNothing},
      {"correct", "the run is as it was"},
      {"encode", "nothing was encoded by this call, what an earlier one encoded is kept"},
      {"encoders", kNothing},
      {"ensemble", kRun},
      {"eval", kNothing},
      {"examples", kPage},
      {"export", "nothing is exported, older files are as they were"},
      {"finetune", kRun},
      {"geometry", kNothing},
      {"import", "no features are written, older ones are as they were"},
      {"map", "the map is not written, an older one is as it was"},
      {"report", kPage},
      {"scan", kNothing},
      {"search", kNothing},
      {"train", kRun},
  };
  const auto found = kept.find(command);
  return std::string(found == kept.end() ? "what was not finished is not kept" : found->second) +
         "; to do it again: " + again;
}

}  // namespace tandem::apps
