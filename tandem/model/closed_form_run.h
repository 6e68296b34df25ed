// Makes a run in closed form: reads a folder of features, solves for the heads, writes a folder
// with the run.
#pragma once

#include <cstdint>
#include <filesystem>

#include "tandem/base/progress.h"
#include "tandem/model/cca_solution.h"
#include "tandem/model/run_folder.h"

namespace tandem {

/// Settings for data without a dev split to choose on. On Flickr8k's dev split they are the best
/// for the default encoders; for four encoders with several layers of MiniLM they are within one
/// point of the best.
inline constexpr CcaSettings kPlainCcaSettings{.regularisation = 1, .power = 0.5};

struct ClosedFormOptions {
  CcaGrid grid;            ///< settings to choose from on dev; without dev exactly one
  bool no_dev = false;     ///< do not use dev: choose and measure nothing
  bool shuffled = false;   ///< the control: every picture gets another picture's captions
  std::uint64_t seed = 0;  ///< of the shuffling; unused without `shuffled`
  bool overwrite = false;  ///< replace a run that is already in the folder
};

struct ClosedFormRun {
  CcaSolution solution;
  Run run;
};

/// Solves for heads by canonical correlation analysis and writes them as a run into `out`. There is
/// one stage, which counts settings. Before it, `notice` gets one line that describes the data.
/// Throws FileError as open_train_data does, if `out` holds a run and `overwrite` is false, if
/// another process writes to `out`, or if the new run would replace the features it refers to;
/// c10::ValueError as solve_cca does.
ClosedFormRun make_closed_form_run(const std::filesystem::path& features, const std::filesystem::path& out,
                                   const ClosedFormOptions& options, const Stages& stages = {},
                                   const Notice& notice = {});

}  // namespace tandem
