// A fitted correction for hubs as a table and as JSON.
#pragma once

#include <iosfwd>
#include <string>

#include "tandem/model/fit_correction.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes recall and skewness on dev, without a correction and with each fitted one, and names the
/// one that the run uses.
///
///   run  folder of the run, as the user named it
void print_correction_fit(const CorrectionFit& fit, const std::string& run, std::ostream& out);

/// The same numbers; doc/file_formats.md lists every key.
Json correction_fit_json(const CorrectionFit& fit, const std::string& run);

}  // namespace tandem
