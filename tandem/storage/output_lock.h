// One writer per output, if the folder around it is the user's and may hold other things.
#pragma once

#include <filesystem>

#include "tandem/storage/folder_lock.h"

namespace tandem {

/// Holds an advisory lock on ".NAME.lock" beside `output` while `output` is written. The lock file
/// is removed at the end. If a killed process left its lock file, the next writer takes it over.
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

/// Removes the temporary files (".NAME.XXXXXX", see temporary_name()) that killed writers of
/// `output` left beside it. The caller must hold the lock of `output`.
void remove_stale_temporaries(const std::filesystem::path& output);

}  // namespace tandem
