#include "apps/arguments/correction_arguments.h"

namespace tandem::apps {

void add_correction_option(CLI::App& command, std::string& wanted) {
  command
      .add_option("--correction", wanted,
                  "Correction for hubs: the one the run carries ('tandem correct' fits it), none, nnn, csls or "
                  "inverted-softmax")
      ->check(CLI::IsMember({"run", "none", "nnn", "csls", "inverted-softmax"}))
      ->capture_default_str();
}

void add_correction_options(CLI::App& command, CorrectionOptions& options) {
  add_correction_option(command, options.wanted);
  command.add_flag("--transductive", options.transductive,
                   "Correct by the test queries instead of training queries; the result is labelled, because search "
                   "cannot do it");
}

}  // namespace tandem::apps
