// Where a fine-tuning is, on disk: enough to go on to the same last bit after a kill.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tandem/storage/json_file.h"

namespace tandem {

struct FinetuneCheckpoint {
  std::string plan;  ///< fingerprint of everything the work depends on; that of another plan is refused
  Json progress;     ///< epoch, step, the best so far, reports
  std::vector<std::pair<std::string, at::Tensor>> tensors;
};

/// Writes it whole or not at all; an older one stays until then.
void write_finetune_checkpoint(const std::filesystem::path& file, const FinetuneCheckpoint& checkpoint);

/// Nothing if there is none. Throws FileError if it is damaged or of another plan.
std::optional<FinetuneCheckpoint> read_finetune_checkpoint(const std::filesystem::path& file, const std::string& plan);

/// The plan of the checkpoint; empty if there is none or the file is not the checkpoint of a
/// fine-tuning.
std::string finetune_checkpoint_plan(const std::filesystem::path& file);

/// What a fine-tuned run says of how it came about.
inline constexpr const char* kFinetuneName = "finetune.json";

}  // namespace tandem
