// The options of a fit in TOML: a file of `--config`, and the fit.toml that a fit leaves.
#pragma once

#include <filesystem>
#include <string>

#include "tandem/fit/fit_options.h"

namespace tandem {

/// The options with those of a TOML file put over them. The sections are [data], [encode], [train],
/// [cca], [ensemble], [correct] and [evaluate]; doc/fit.md lists the keys. [train.head] sets both
/// heads.
/// Throws FileError as read_toml does, and naming file, line and key if a key is unknown or its
/// value has another type.
FitOptions with_config(const FitOptions& options, const std::filesystem::path& file);

/// The options as a TOML file that with_config reads back to the same.
std::string config_text(const FitOptions& options);

/// The first option in which two fits differ, as "train.epochs = 9, not 12"; empty if they are the
/// same. Of both the number of threads is left out.
std::string first_difference(const FitOptions& had, const FitOptions& wanted);

}  // namespace tandem
