// The options of a fit as JSON: the form that is compared, written to fit.toml and read from it.
#pragma once

#include <filesystem>

#include "tandem/fit/fit_options.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// One object for every section: data, encode, train, cca, ensemble, correct, evaluate; and
/// "threads". The options of training have their names in run.json.
/// Throws FileError if a path is not UTF-8.
Json to_json(const FitOptions& options);

/// Throws FileError naming `file` and the field if one is missing or of another type.
FitOptions fit_options_from_json(const Json& json, const std::filesystem::path& file);

}  // namespace tandem
