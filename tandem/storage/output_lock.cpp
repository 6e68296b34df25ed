#include "tandem/storage/output_lock.h"

#include <string>
#include <system_error>
#include <vector>

#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

Path folder_around(const Path& output) { return output.has_parent_path() ? output.parent_path() : Path("."); }

}  // namespace

OutputLock::OutputLock(const Path& output)
    : file_(folder_around(output) / ("." + output.filename().string() + ".lock")),
      lock_(folder_around(output), file_) {}

OutputLock::~OutputLock() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);  // While the lock is held: afterwards the file may be another writer's.
}

void remove_stale_temporaries(const Path& output) {
  std::vector<Path> stale;
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry(folder_around(output), ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    if (target_of_temporary(entry->path().filename().string()) == output.filename()) stale.push_back(entry->path());
  }
  for (const Path& path : stale) std::filesystem::remove_all(path, ignored);
}

}  // namespace tandem
