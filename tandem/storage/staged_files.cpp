#include "tandem/storage/staged_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kOldName = ".old";

Path parent_of(const Path& file) { return file.has_parent_path() ? file.parent_path() : Path("."); }

/// Opened and locked, or -1 if it is in use or gone.
int locked_folder(const Path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat opened = {};
  const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  if (locked && ::fstat(descriptor, &opened) == 0 && opened.st_nlink > 0) return descriptor;
  ::close(descriptor);
  return -1;
}

/// Whether it contains only what a stage of that name can contain.
bool is_stage_of(const Path& folder, const Path& name) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string found = entry.path().filename().string();
    if (found != name && found != kOldName && target_of_temporary(found) != name) return false;
  }
  return true;
}

void sweep_stages(const Path& file) {
  std::error_code error;
  std::vector<Path> stages;
  for (const auto& entry : std::filesystem::directory_iterator(parent_of(file), error)) {
    if (target_of_temporary(entry.path().filename().string()) != file.filename()) continue;
    if (entry.is_directory() && !entry.is_symlink()) stages.push_back(entry.path());
  }
  for (const Path& stage : stages) {
    const int lock = locked_folder(stage);
    if (lock < 0) continue;
    if (is_stage_of(stage, file.filename())) std::filesystem::remove_all(stage, error);
    ::close(lock);
  }
}

}  // namespace

Path StagedFiles::Staged::old() const { return folder / kOldName; }

StagedFiles::~StagedFiles() {
  for (const Staged& staged : staged_) {
    std::error_code ignored;
    std::filesystem::remove_all(staged.folder, ignored);
    ::close(staged.lock);
  }
}

Path StagedFiles::stage(const Path& file) {
  if (std::filesystem::is_directory(file)) throw FileError(file, "a name for a file", "a folder");
  sweep_stages(file);
  Staged staged{.file = file, .folder = {}};
  while (staged.lock < 0) {  // Another process may take the new folder for an abandoned one before it is locked.
    std::string pattern = (parent_of(file) / ("." + file.filename().string() + ".XXXXXX")).string();
    const char* made = ::mkdtemp(pattern.data());
    if (made == nullptr) throw FileError(file, "a folder that can be written to", system_message(errno));
    staged.folder = made;
    staged.lock = locked_folder(staged.folder);
  }
  staged_.push_back(staged);
  return staged.made();
}

void StagedFiles::undo(const Staged& staged) {
  std::error_code ignored;
  if (std::filesystem::exists(staged.old())) {
    std::filesystem::rename(staged.old(), staged.file, ignored);
  } else {
    std::filesystem::remove(staged.file, ignored);
  }
}

void StagedFiles::commit() {
  std::error_code ignored;
  for (const Staged& staged : staged_) std::filesystem::create_hard_link(staged.file, staged.old(), ignored);
  for (std::size_t i = 0; i < staged_.size(); ++i) {
    if (::rename(staged_[i].made().c_str(), staged_[i].file.c_str()) == 0) continue;
    const int error_number = errno;
    while (i > 0) undo(staged_[--i]);
    throw FileError(staged_[i].file, "a file that can be replaced", system_message(error_number));
  }
  for (const Staged& staged : staged_) make_names_durable(parent_of(staged.file));
}

}  // namespace tandem
