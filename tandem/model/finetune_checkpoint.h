// The checkpoint of a fine-tuning. A fine-tuning that was killed continues from it to the same
// bits.
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
  std::string plan;  ///< fingerprint of everything the result depends on
  Json progress;     ///< epoch, step, the best epoch so far, reports
  std::vector<std::pair<std::string, at::Tensor>> tensors;
};

/// Writes the checkpoint. An older one in `file` stays until the new one is complete on disk.
/// Throws FileError if the file cannot be written.
void write_finetune_checkpoint(const std::filesystem::path& file, const FinetuneCheckpoint& checkpoint);

/// The checkpoint in `file`, or nullopt if there is no such file.
/// Throws FileError if the file is damaged, is no such checkpoint, or has another plan.
std::optional<FinetuneCheckpoint> read_finetune_checkpoint(const std::filesystem::path& file, const std::string& plan);

/// The plan of the checkpoint in `file`; empty if there is no file or it is not the checkpoint of a
/// fine-tuning. Does not throw FileError.
std::string finetune_checkpoint_plan(const std::filesystem::path& file);

/// The file in a fine-tuned run that records how the run was made.
inline constexpr const char* kFinetuneName = "finetune.json";

}  // namespace tandem
