// Rejects options that have no effect on the given command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tandem::apps {

/// Options that have an effect only together with another one.
struct OptionRule {
  std::vector<std::string> options;  ///< "--perplexity"
  std::string goes_with;             ///< "--method tsne"
  bool holds = false;                ///< whether the command line has `goes_with`
  std::string instead = {};          ///< what the command line has instead: "--method pca"; empty: nothing
};

/// Checks the command line against the rules of a command. An option that was not given breaks no
/// rule, even if it has a default.
/// Throws c10::ValueError naming the first option that breaks a rule: "map: --perplexity goes with
/// --method tsne, got --method pca".
void refuse_idle_options(const CLI::App& command, const std::vector<OptionRule>& rules);

}  // namespace tandem::apps
