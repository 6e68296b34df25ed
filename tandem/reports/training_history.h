// What a run's metrics.jsonl says of its epochs.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/figures/training_curves.h"

namespace tandem {

/// One entry a line. Throws FileError naming file and line if the file is missing, holds no epoch,
/// or a line is no JSON object with the numbers "epoch", "loss" and "logit_scale", epochs rising.
/// An epoch whose "dev_mean_recall" was not measured has NaN there.
std::vector<EpochPoint> read_training_history(const std::filesystem::path& run_folder);

}  // namespace tandem
