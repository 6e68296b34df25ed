// The models that a fit joins: trained heads, heads in closed form, and both side by side. Each is
// a run in a folder of its own, and one that is finished is not made again.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/fit/fit_options.h"
#include "tandem/fit/fit_steps.h"

namespace tandem {

struct PartsPlan {
  std::filesystem::path features;  ///< a feature store
  std::filesystem::path folder;    ///< of the parts
  bool uses_dev = true;            ///< choose the epoch and the settings of `grid` on dev, and measure there
  CcaGrid grid;                    ///< without dev exactly one setting
  bool chooses_weights = true;     ///< on dev, whatever `uses_dev` is
  std::vector<double> weights;     ///< if they are not chosen; empty: equal ones
};

/// Makes the parts that are not there yet, and joins them. A training that was interrupted goes on.
/// Returns the folder of the run that all parts make together.
/// Throws FileError and c10::ValueError as train_run, make_closed_form_run and make_ensemble do;
/// Stopped.
std::filesystem::path make_parts(const PartsPlan& plan, const FitOptions& options, FitSteps& steps);

/// The folders of the parts in `folder`.
std::filesystem::path trained_part(const std::filesystem::path& folder);
std::filesystem::path solved_part(const std::filesystem::path& folder);

}  // namespace tandem
