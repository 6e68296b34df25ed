// The place where a command writes its new run. The folder is locked, and a run that is replaced
// stays until the new one is complete.
#pragma once

#include <filesystem>

#include "tandem/storage/replaced_folder.h"

namespace tandem {

/// Whether `entry`, FOLDER/NAME, belongs to the run in FOLDER: its heads, metrics, curves,
/// TensorBoard logs, galleries, correction, encoders, checkpoint and scratch files; of a fine-tuned run also
/// its features and adapters. All other entries of the folder are the user's.
bool is_run_entry(const std::filesystem::path& entry);

/// The folder that holds, or would hold, the checkpoint of RUN: RUN itself, or the folder beside it
/// if an unfinished training there is to replace RUN.
std::filesystem::path unfinished_training(const std::filesystem::path& run);

/// Locks a run's folder for as long as it lives, so that there is one writer.
class RunPlace {
 public:
  /// Makes and locks the folder, and removes what killed processes left there.
  /// Throws FileError if the folder cannot be made or another process writes to it.
  explicit RunPlace(const std::filesystem::path& out);
  /// Removes an unfinished run unless it has a checkpoint to continue from.
  ~RunPlace();
  RunPlace(const RunPlace&) = delete;
  RunPlace& operator=(const RunPlace&) = delete;

  /// Throws FileError if the folder holds a run or a checkpoint, or an unfinished run is beside it.
  void refuse_other_run() const;
  /// Throws FileError if `used`, which the new run refers to, is part of the run that would be
  /// replaced.
  void refuse_inside(const std::filesystem::path& used) const;

  /// Whether the new run would replace another one.
  bool replaces() const { return folder_.has_own(); }

  /// The folder to write a run to that is made without checkpoints. It is empty, and it is removed
  /// at the end unless finish() is called.
  const std::filesystem::path& begin() { return folder_.begin(); }
  /// The folder to write a run to that keeps checkpoints: RUN itself or, if the new run replaces
  /// another one, a folder beside it.
  const std::filesystem::path& begin_training();
  /// Continues the run in `place`, as unfinished_training returns it. Returns the folder to write
  /// to.
  const std::filesystem::path& go_on(const std::filesystem::path& place);

  /// To be called when the run is complete: moves it to its name and removes the checkpoint.
  void finish();

 private:
  std::filesystem::path out_;
  ReplacedFolder folder_;
};

}  // namespace tandem
