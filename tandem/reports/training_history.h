// Reads the epochs of a run from its metrics.jsonl.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/figures/training_curves.h"

namespace tandem {

/// Returns one entry per line of the file. If the recall on dev of an epoch was not measured, it is
/// NaN.
/// Throws FileError naming file and line if the file is missing or holds no epoch, if a line is not
/// a JSON object with the numbers "epoch", "loss" and "logit_scale", or if the epochs do not
/// increase.
std::vector<EpochPoint> read_training_history(const std::filesystem::path& run_folder);

}  // namespace tandem
