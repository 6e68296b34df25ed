#include "tandem/storage/durable_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

void make_durable(const Path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool safe = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error_number = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!safe) throw FileError(path, "room for the whole file", system_message(error_number));
}

}  // namespace

void make_folder_durable(const Path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) make_durable(entry.path());
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) make_durable(entry.path());
  }
  make_durable(folder);
}

void make_names_durable(const Path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace tandem
