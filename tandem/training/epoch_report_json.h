// The report of an epoch as JSON: in checkpoints, in metrics.jsonl of a run and in the trials of a sweep.
#pragma once

#include <filesystem>

#include "tandem/storage/json_file.h"
#include "tandem/training/epoch_loop.h"

namespace tandem {

Json to_json(const EpochReport& report);

/// Throws FileError naming `file` if a field is missing or of another type.
EpochReport epoch_report_from_json(const Json& json, const std::filesystem::path& file);

}  // namespace tandem
