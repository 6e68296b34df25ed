// Options that were given where nothing takes notice of them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tandem::apps {

/// Options that mean something only beside others.
struct OptionRule {
  std::vector<std::string> options;  ///< "--perplexity"
  std::string goes_with;             ///< "--method tsne"
  bool holds = false;                ///< whether the command line has that
  std::string instead = {};          ///< what it has in its place: "--method pca"; empty: none of it
};

/// The rules of a command. Throws c10::ValueError naming the first option that was given against
/// one of them: "map: --perplexity goes with --method tsne, got --method pca". Options that were
/// not given break no rule, whatever their default.
void refuse_idle_options(const CLI::App& command, const std::vector<OptionRule>& rules);

}  // namespace tandem::apps
