// Where a command puts its new run: locked, and beside the run it replaces until it is whole.
#pragma once

#include <filesystem>

#include "tandem/storage/replaced_folder.h"

namespace tandem {

/// Whether FOLDER/NAME belongs to the run in FOLDER: its model, course, correction, encoders,
/// checkpoint; of a fine-tuned run also its features and adapters. Whatever else lies there is the
/// user's.
bool is_run_entry(const std::filesystem::path& entry);

/// Where the checkpoint of RUN is or would be: in RUN or, of a training that is to replace the run
/// there, beside it.
std::filesystem::path unfinished_training(const std::filesystem::path& run);

/// The one writer of a run's folder.
class RunPlace {
 public:
  /// Makes and locks the folder, and clears away what killed processes left.
  /// Throws FileError if another process writes to it.
  explicit RunPlace(const std::filesystem::path& out);
  /// What is unfinished stays if there is a checkpoint to go on from.
  ~RunPlace();
  RunPlace(const RunPlace&) = delete;
  RunPlace& operator=(const RunPlace&) = delete;

  /// Throws FileError if the folder holds a run, or the checkpoint of one.
  void refuse_other_run() const;
  /// Throws FileError if `used`, which the new run refers to, lies in what the new run replaces.
  void refuse_inside(const std::filesystem::path& used) const;

  /// Whether the run would replace something.
  bool replaces() const { return folder_.has_own(); }

  /// For a run that is made in one go: an empty place, of which nothing is left unless finish() is
  /// called.
  const std::filesystem::path& begin() { return folder_.begin(); }
  /// For a run whose checkpoints are there to go on from: RUN itself, or a place beside what it
  /// would replace.
  const std::filesystem::path& begin_training();
  /// The place of unfinished_training, to go on there.
  const std::filesystem::path& go_on(const std::filesystem::path& place);

  /// The run is whole: gives it its name, and removes the checkpoint.
  void finish();

 private:
  std::filesystem::path out_;
  ReplacedFolder folder_;
};

}  // namespace tandem
