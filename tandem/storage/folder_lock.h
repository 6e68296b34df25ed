// One writer a folder: two runs into one place would mix their files.
#pragma once

#include <filesystem>

namespace tandem {

/// Holds an advisory lock on `FOLDER/.lock` until it is destroyed; the system lets go of it when
/// the process dies. The lock is on the file that has the name now: whoever waited at a folder that
/// was replaced meanwhile takes the new one's.
class FolderLock {
 public:
  /// Throws FileError if another process holds the lock, or the file cannot be made.
  explicit FolderLock(const std::filesystem::path& folder);
  /// The same with a lock file of another name, which other programs may agree on.
  FolderLock(const std::filesystem::path& folder, const std::filesystem::path& lock_file);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace tandem
