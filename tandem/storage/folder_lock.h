// One writer per folder: two runs that write to one place would mix their files.
#pragma once

#include <filesystem>

namespace tandem {

/// Holds an advisory lock on `FOLDER/.lock` until it is destroyed. The system releases the lock
/// when the process dies. If the folder is replaced while a process waits for the lock, the process
/// gets the lock of the new folder.
class FolderLock {
 public:
  /// Throws FileError if another process holds the lock, or the file cannot be made.
  explicit FolderLock(const std::filesystem::path& folder);
  /// The same with a lock file of another name, which other programs may also use.
  FolderLock(const std::filesystem::path& folder, const std::filesystem::path& lock_file);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace tandem
