// One writer an output, where the folder around it is the user's and may hold other things.
#pragma once

#include <filesystem>

#include "tandem/storage/folder_lock.h"

namespace tandem {

/// Holds an advisory lock for what is being written to `output`, on ".NAME.lock" beside it, which
/// is removed at the end. The file that a killed process leaves is taken over by the next writer.
class OutputLock {
 public:
  /// Throws FileError naming the folder around `output` if another process writes to `output`, or
  /// the lock cannot be made.
  explicit OutputLock(const std::filesystem::path& output);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  std::filesystem::path file_;
  FolderLock lock_;
};

/// Removes what writers of `output` that were killed left beside it: ".NAME.XXXXXX", as
/// temporary_name() has it. For the holder of its lock only.
void remove_stale_temporaries(const std::filesystem::path& output);

}  // namespace tandem
