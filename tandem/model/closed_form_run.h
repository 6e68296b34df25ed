// A run of heads that are solved for in closed form, from a folder of features to a folder of its
// own.
#pragma once

#include <cstdint>
#include <filesystem>

#include "tandem/base/progress.h"
#include "tandem/model/cca_solution.h"
#include "tandem/model/run_folder.h"

namespace tandem {

/// Settings to take where there is no dev to choose on: on Flickr8k's dev split the best by the
/// default encoders, and within a point of it by four and MiniLM's layers.
inline constexpr CcaSettings kPlainCcaSettings{.regularisation = 1, .power = 0.5};

struct ClosedFormOptions {
  CcaGrid grid;            ///< settings to choose from on dev; without dev only one
  bool no_dev = false;     ///< choose and measure nothing
  bool shuffled = false;   ///< the control: every picture gets another picture's captions
  std::uint64_t seed = 0;  ///< of the shuffling
  bool overwrite = false;  ///< replace a run in the folder
};

struct ClosedFormRun {
  CcaSolution solution;
  Run run;
};

/// Solves for heads by canonical correlation analysis and writes them as a run into `out`. Solving
/// is a stage that counts settings; before it `notice` gets a line about what is solved.
/// Throws FileError as open_train_data does, and if `out` holds a run (without `overwrite`), the
/// features or another process's unfinished run; c10::ValueError as solve_cca does.
ClosedFormRun make_closed_form_run(const std::filesystem::path& features, const std::filesystem::path& out,
                                   const ClosedFormOptions& options, const Stages& stages = {},
                                   const Notice& notice = {});

}  // namespace tandem
