#include "tandem/storage/copied_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// Closes the file at the end of the scope.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

void write_all(int to, const char* bytes, std::size_t size_bytes, const Path& path) {
  while (size_bytes > 0) {
    const ssize_t written = ::write(to, bytes, size_bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw FileError(path, "room for the whole file", system_message(errno));
    bytes += written;
    size_bytes -= static_cast<std::size_t>(written);
  }
}

void copy_bytes(int from, const Path& from_path, int to, const Path& to_path) {
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError(from_path, "a file that can be read", system_message(errno));
    if (got == 0) return;
    write_all(to, block.data(), static_cast<std::size_t>(got), to_path);
  }
}

/// Lets the kernel copy as much as it can. Both file positions are then after the copied bytes.
void copy_in_kernel(int from, int to, std::int64_t size_bytes) {
  for (std::int64_t done = 0; done < size_bytes;) {
    const ssize_t copied =
        ::copy_file_range(from, nullptr, to, nullptr, static_cast<std::size_t>(size_bytes - done), 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied <= 0) return;  // Another file system, or a full disk: copying by hand works or gives the reason.
    done += copied;
  }
}

}  // namespace

void copy_to_new_file(const Path& from, const Path& to) {
  const OpenFile source(::open(from.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status = {};
  if (source.descriptor() < 0 || ::fstat(source.descriptor(), &status) != 0) {
    throw FileError(from, "a file that can be read", system_message(errno));
  }
  if (!S_ISREG(status.st_mode)) throw FileError(from, "a regular file", "a folder or a device");
  const OpenFile copy(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (copy.descriptor() < 0)
    throw FileError(to, "a name that is free, in a folder that can be written to", system_message(errno));
  try {
    if (::ioctl(copy.descriptor(), FICLONE, source.descriptor()) == 0) return;
    copy_in_kernel(source.descriptor(), copy.descriptor(), status.st_size);
    copy_bytes(source.descriptor(), from, copy.descriptor(), to);
  } catch (const FileError&) {
    ::unlink(to.c_str());
    throw;
  }
}

}  // namespace tandem
