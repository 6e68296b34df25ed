#include "tandem/storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "tandem/base/errors.h"

namespace tandem {

FolderLock::FolderLock(const std::filesystem::path& folder) : FolderLock(folder, folder / ".lock") {}

FolderLock::FolderLock(const std::filesystem::path& folder, const std::filesystem::path& lock_file) {
  descriptor_ = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw FileError(folder, "a folder that can be written to", system_message(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error_number = errno;
    ::close(descriptor_);
    throw FileError(folder, "a folder that nothing else is writing to",
                    error_number == EWOULDBLOCK ? "another tandem at work in it" : system_message(error_number));
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace tandem
