#include "tandem/storage/output_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <string>
#include <vector>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

Path folder_around(const Path& output) { return output.has_parent_path() ? output.parent_path() : Path("."); }

/// Whether the file of that name is still the one that was opened.
bool is_named(int descriptor, const Path& file) {
  struct stat opened = {}, named = {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(file.c_str(), &named) == 0 && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

OutputLock::OutputLock(const Path& output) : file_(folder_around(output) / ("." + output.filename().string() + ".lock")) {
  for (;;) {
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw FileError(output, "a folder that can be written to", system_message(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const int error_number = errno;
      ::close(descriptor_);
      throw FileError(output, "an output that nothing else is writing to", error_number == EWOULDBLOCK ? "another tandem at work on it" : system_message(error_number));
    }
    if (is_named(descriptor_, file_)) return;
    ::close(descriptor_);  // Its holder has removed it between the two calls.
  }
}

OutputLock::~OutputLock() {
  ::unlink(file_.c_str());  // Before it is let go: afterwards it may be another's.
  ::close(descriptor_);
}

void remove_stale_temporaries(const Path& output) {
  constexpr std::size_t kLetters = 6;
  const std::string beginning = "." + output.filename().string() + ".";
  std::vector<Path> stale;
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry(folder_around(output), ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    const bool ours = name.size() == beginning.size() + kLetters && name.starts_with(beginning) &&
                      std::all_of(name.end() - kLetters, name.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
    if (ours) stale.push_back(entry->path());
  }
  for (const Path& path : stale) std::filesystem::remove_all(path, ignored);
}

}  // namespace tandem
