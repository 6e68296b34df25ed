#include "tandem/fetching/http/growing_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {

GrowingFile::GrowingFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw FileError(path_, "a file that can be written to", system_message(errno));
  size_bytes_ = ::lseek(descriptor_, 0, SEEK_END);
}

GrowingFile::~GrowingFile() { ::close(descriptor_); }

void GrowingFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      throw FileError(path_, "room for the whole file", system_message(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_bytes_ += written;
  }
}

void GrowingFile::begin_anew() {
  if (::ftruncate(descriptor_, 0) != 0) throw FileError(path_, "a file that can be cut", system_message(errno));
  size_bytes_ = 0;
}

}  // namespace tandem
