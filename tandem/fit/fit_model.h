// From captioned pictures to a measured model in one folder: encodes, trains heads, solves for
// heads in closed form, joins them, corrects for hubs, measures, and writes a card and a report.
#pragma once

#include <filesystem>

#include "tandem/fit/fit_options.h"
#include "tandem/fit/fit_steps.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct FittedModel {
  std::filesystem::path folder;
  Json result;                ///< as in fit.json (doc/file_formats.md)
  bool was_finished = false;  ///< an earlier call had made it, and this one did nothing
};

/// Makes the model in the folder `out`, which is then a run that every command takes. Called again
/// after an interruption, with the same options, it goes on with what is on disk; when everything
/// is done, it returns the earlier result. A model of other options or data is refused, or with
/// `overwrite` stays until the new one is complete. Sets the number of LibTorch's threads.
///
/// With dev pictures, the epoch, the settings of CCA, the weights and the correction are chosen on
/// them. Without, they are chosen by cross-validation (cross_validation.h), or not at all if there
/// are too few pictures. Test is measured once, at the end.
///
/// Throws c10::ValueError as check_fit_options and the parts' functions do; FileError as they do,
/// and if `out` holds something else; Stopped.
FittedModel fit_model(FitOptions options, const std::filesystem::path& out, bool overwrite, const FitWatch& watch = {});

}  // namespace tandem
