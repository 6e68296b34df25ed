#include "tandem/storage/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {

MappedFile::MappedFile(std::filesystem::path path) : path_(std::move(path)) {
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw FileError(path_, "a readable file", system_message(errno));
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    const std::string found = S_ISDIR(status.st_mode) ? "a folder" : "something that is not a regular file";
    ::close(descriptor);
    throw FileError(path_, "a readable file", found);
  }
  size_bytes_ = static_cast<std::size_t>(status.st_size);
  if (size_bytes_ > 0) {  // mmap refuses empty files.
    address_ = ::mmap(nullptr, size_bytes_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address_ == MAP_FAILED) {
      const int error_number = errno;
      address_ = nullptr;
      ::close(descriptor);
      throw FileError(path_, "a file that can be mapped", system_message(error_number));
    }
  }
  ::close(descriptor);
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) ::munmap(address_, size_bytes_);
}

std::string read_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  const MappedFile file(path);
  if (file.bytes().size() > limit_bytes) {
    throw FileError(path, "at most " + std::to_string(limit_bytes) + " bytes",
                    std::to_string(file.bytes().size()) + " bytes");
  }
  return std::string(file.bytes());
}

}  // namespace tandem
