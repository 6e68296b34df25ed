#include "apps/run_words.h"

#include "apps/number_text.h"

namespace tandem::apps {

std::string seed_words(const Run& run) {
  if (run.members.empty()) return "seed " + std::to_string(run.options.seed);
  std::string seeds;
  for (const RunMember& member : run.members) seeds += (seeds.empty() ? "" : ", ") + std::to_string(member.options.seed);
  return "ensemble of " + std::to_string(run.members.size()) + ", seeds " + seeds;
}

std::string choice_words(const Run& run) {
  const std::string there = run.dev_recall ? " (mean recall there " + decimal(*run.dev_recall, 2) + ")" : "";
  if (!run.members.empty()) return "each member's epoch was chosen when it was trained" + (run.dev_recall ? ", the ensemble measured on dev" + there : "");
  return run.dev_recall ? "the epoch was chosen on dev" + there : "the last epoch was kept, without dev";
}

}  // namespace tandem::apps
