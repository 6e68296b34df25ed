#include "tandem/storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "tandem/base/errors.h"

namespace tandem {

namespace {

/// Whether the open file still has that name.
bool has_name(int descriptor, const std::filesystem::path& name) {
  struct stat open_file = {}, named = {};
  if (::fstat(descriptor, &open_file) != 0 || ::stat(name.c_str(), &named) != 0) return false;
  return open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : FolderLock(folder, folder / ".lock") {}

FolderLock::FolderLock(const std::filesystem::path& folder, const std::filesystem::path& lock_file) {
  while (true) {
    descriptor_ = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw FileError(folder, "a folder that can be written to", system_message(errno));
    const bool locked = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    const int error_number = errno;
    if (locked && has_name(descriptor_, lock_file)) return;
    ::close(descriptor_);
    if (locked) continue;  // The folder was replaced between the two calls; the new one has its own lock.
    throw FileError(folder, "a folder that nothing else is writing to",
                    error_number == EWOULDBLOCK ? "another tandem at work in it" : system_message(error_number));
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace tandem
