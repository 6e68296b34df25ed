// A training interrupted: `checkpoint.safetensors` in the run's folder. doc/file_formats.md has
// every field.
#pragma once

#include <filesystem>
#include <string>

#include "tandem/storage/json_file.h"
#include "tandem/training/training_state.h"

namespace tandem {

/// What a training was begun with, beside its options: enough to begin it again by itself, and to
/// notice that it would not be the same.
struct TrainOrigin {
  std::filesystem::path features_folder;  ///< absolute
  std::string features_plan;
  std::string pairs;           ///< fingerprint of which rows of the features are trained on and measured
  int threads = 1;             ///< the bits depend on it
  Json view = Json::object();  ///< whatever the program wants back: how it shows and logs
};

struct Checkpoint {
  TrainOptions options;
  TrainOrigin origin;
  TrainingState state;
};

/// Atomically; a full disk leaves the older one as it was.
void write_checkpoint(const std::filesystem::path& folder, const TrainOptions& options, const TrainOrigin& origin,
                      const TrainingState& state);

/// Where the training was computed: "cpu", "cuda:0". Throws FileError if there is none, or it is of
/// another version.
std::string checkpoint_device(const std::filesystem::path& folder);

/// On the given device; another than it was computed on rounds otherwise. Throws FileError if there
/// is none, it is damaged, of another version, or its heads are not those its options describe.
Checkpoint read_checkpoint(const std::filesystem::path& folder, c10::Device device = c10::kCPU);

inline constexpr const char* kCheckpointName = "checkpoint.safetensors";

}  // namespace tandem
