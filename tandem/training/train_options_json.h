// Training options as a run remembers them.
#pragma once

#include <filesystem>

#include "tandem/storage/json_file.h"
#include "tandem/training/train_options.h"

namespace tandem {

Json to_json(const TrainOptions& options);

/// Throws FileError naming `file` and the field that is missing or wrong.
TrainOptions train_options_from_json(const Json& json, const std::filesystem::path& file);

}  // namespace tandem
