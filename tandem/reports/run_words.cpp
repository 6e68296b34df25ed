#include "tandem/reports/run_words.h"

#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"

namespace tandem {
namespace {

/// "CCA with regularisation 0.3 and power 1"
std::string cca_words(const CcaSettings& settings) {
  return "CCA with regularisation " + Json(settings.regularisation).dump() + " and power " +
         Json(settings.power).dump();
}

/// ", seeds 1, 2, 3" of those that were trained
std::string trained_words(const std::vector<RunMember>& members) {
  std::vector<std::string> seeds;
  for (const RunMember& member : members) {
    if (!member.cca) seeds.push_back(std::to_string(member.options.seed));
  }
  if (seeds.empty()) return "";
  return (seeds.size() == 1 ? ", seed " : ", seeds ") + joined_text(seeds, ", ");
}

}  // namespace

std::string seed_words(const Run& run) {
  if (run.cca) return cca_words(*run.cca);
  if (run.members.empty()) return "seed " + std::to_string(run.options.seed);
  std::string words = "ensemble of " + std::to_string(run.members.size()) + trained_words(run.members);
  for (const RunMember& member : run.members) {
    if (member.cca) words += ", " + cca_words(*member.cca);
  }
  return words;
}

std::string choice_words(const Run& run) {
  const std::string there = run.dev_recall ? " (mean recall there " + decimal(*run.dev_recall, 2) + ")" : "";
  if (!run.members.empty()) {
    const std::string members = "each member's epoch or settings were chosen when it was made";
    if (run.weights_chosen_on_dev) return members + ", their weights on dev" + there;
    return run.dev_recall ? members + ", the ensemble measured on dev" + there : members;
  }
  if (run.cca)
    return run.dev_recall ? "the settings were chosen on dev" + there : "the settings were given, without dev";
  return run.dev_recall ? "the epoch was chosen on dev" + there : "the last epoch was kept, without dev";
}

}  // namespace tandem
