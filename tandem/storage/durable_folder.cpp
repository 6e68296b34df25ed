#include "tandem/storage/durable_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kFewPaths = 64;

/// `wait` is fsync or syncfs.
void wait_for(const Path& path, int (*wait)(int)) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool safe = descriptor >= 0 && wait(descriptor) == 0;
  const int error_number = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!safe) throw FileError(path, "room for the whole file", system_message(error_number));
}

}  // namespace

void make_durable(const Path& path) { wait_for(path, ::fsync); }

std::int64_t make_folder_durable(const Path& folder) {
  std::vector<Path> files;
  std::vector<Path> folders{folder};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (files.size() + folders.size() > kFewPaths) {
      wait_for(folder, ::syncfs);
      return 1;
    }
    if (entry.is_regular_file()) files.push_back(entry.path());
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  for (const Path& file : files) make_durable(file);
  for (const Path& inner : folders) make_durable(inner);
  return static_cast<std::int64_t>(files.size() + folders.size());
}

void make_names_durable(const Path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace tandem
