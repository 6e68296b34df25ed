#include "tandem/storage/replaced_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kLockName = ".lock";
/// Marks new content that is complete, until the old content is gone. It distinguishes a killed
/// process's old folder from its new one.
constexpr const char* kWholeName = ".whole";
constexpr const char* kCanBeReplaced = "a folder that can be renamed, to be replaced as a whole";
/// How often another process may make an empty folder of the name between two renames.
constexpr int kRenameTries = 100;

std::vector<Path> entries_of(const Path& folder) {
  std::vector<Path> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path());
  }
  return entries;
}

bool is_there(const Path& path) { return std::filesystem::exists(std::filesystem::symlink_status(path)); }
bool is_whole(const Path& folder) { return is_there(folder / kWholeName); }

bool is_blank(const Path& folder) {
  for (const Path& entry : entries_of(folder)) {
    if (entry.filename() != kLockName) return false;
  }
  return true;
}

Path sibling(const Path& folder, const char* ending) {
  return folder.parent_path() / ("." + folder.filename().string() + ending);
}

/// The lock is removed last, so that a half-removed folder can still be distinguished from one that
/// is not ours.
void remove_folder(const Path& folder) {
  std::error_code ignored;
  for (const Path& entry : entries_of(folder)) {
    if (entry.filename() != kLockName) std::filesystem::remove_all(entry, ignored);
  }
  std::filesystem::remove(folder / kLockName, ignored);
  std::filesystem::remove(folder, ignored);
}

void remove_blank(const Path& folder) {
  std::error_code ignored;
  std::filesystem::remove(folder / kLockName, ignored);
  std::filesystem::remove(folder, ignored);
}

bool rename_folder(const Path& from, const Path& to) { return ::rename(from.c_str(), to.c_str()) == 0; }

/// Why the folder cannot get another name; nullptr if it can.
const char* reason_to_stay(const Path& folder) {
  struct statx status = {};
  const bool known = ::statx(AT_FDCWD, folder.c_str(), 0, STATX_BASIC_STATS, &status) == 0;
  if (known && (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) return "a mount point";
  std::error_code error;
  const Path inside = std::filesystem::current_path(error).lexically_relative(folder);
  if (!error && !inside.empty() && *inside.begin() != "..") return "the working folder, which has to keep its name";
  return nullptr;
}

}  // namespace

Path ReplacedFolder::beside(const Path& folder) {
  std::error_code error;
  Path whole = std::filesystem::weakly_canonical(std::filesystem::absolute(folder), error);
  if (error) whole = std::filesystem::absolute(folder).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return sibling(whole, ".new");
}

ReplacedFolder::ReplacedFolder(const Path& folder, OwnEntry is_own, ReplacedFolderOptions options)
    : given_(folder), is_own_(std::move(is_own)), options_(options) {
  made_ = !is_there(folder);
  make_folder(folder);
  folder_ = std::filesystem::canonical(folder);
  beside_ = sibling(folder_, ".new");
  aside_ = sibling(folder_, ".old");
  gone_ = sibling(folder_, ".gone");
  lock_ = std::make_unique<FolderLock>(folder_);
  recover();
  sweep_temporaries(folder_, is_own_);
}

ReplacedFolder::~ReplacedFolder() {
  try {
    const bool stays = keeps_unfinished_ && !is_blank(beside_);
    if (!finished_ && !in_place_ && !stays && beside_lock_) remove(beside_);
    if (made_ && !finished_ && is_blank(folder_)) remove_blank(folder_);
  } catch (const std::exception&) {  // The next writer removes what is left.
  }
}

bool ReplacedFolder::has_own() const {
  for (const Path& entry : entries_of(folder_)) {
    if (is_own_(entry)) return true;
  }
  return false;
}

bool ReplacedFolder::has_unfinished() const { return is_there(beside_); }

const Path& ReplacedFolder::begin() {
  discard_unfinished();
  const bool replaces = has_own();
  const char* reason = reason_to_stay(folder_);
  if (reason != nullptr && replaces) throw FileError(folder_, kCanBeReplaced, reason);
  std::error_code error;
  if (reason == nullptr) std::filesystem::create_directory(beside_, error);
  if (reason == nullptr && !error)
    std::filesystem::permissions(beside_, std::filesystem::status(folder_).permissions(), error);
  if (error && replaces) throw FileError(beside_, "a place to build the new content in", error.message());
  if (reason != nullptr || error) return begin_in_place();
  beside_lock_ = std::make_unique<FolderLock>(beside_);
  return beside_;
}

const Path& ReplacedFolder::go_on() {
  beside_lock_ = std::make_unique<FolderLock>(beside_);
  sweep_temporaries(beside_, is_own_);
  return beside_;
}

const Path& ReplacedFolder::begin_in_place() {
  in_place_ = true;
  return given_;
}

void ReplacedFolder::finish() {
  finished_ = true;
  if (in_place_) return;
  try {
    refuse_to_hide();
    make_folder_durable(beside_);
    write_file(beside_ / kWholeName, "");
    swap();
  } catch (...) {
    finished_ = false;
    std::error_code ignored;
    std::filesystem::remove(beside_ / kWholeName, ignored);
    throw;
  }
  const std::unique_ptr<FolderLock> old_lock = std::exchange(lock_, std::move(beside_lock_));
  retire(is_there(aside_) ? aside_ : beside_);
  std::filesystem::remove(folder_ / kWholeName);
}

void ReplacedFolder::refuse_to_hide() const {
  for (const Path& entry : entries_of(folder_)) {
    const Path name = entry.filename();
    if (name == kLockName || is_own_(entry) || is_leftover(entry) || !is_there(beside_ / name)) continue;
    throw FileError(entry, "nothing of that name, which the new content needs",
                    "something that is not of the old content");
  }
}

/// Folder and new content exchange their names, or the old content is put aside.
void ReplacedFolder::swap() {
  if (options_.exchange && ::renameat2(AT_FDCWD, beside_.c_str(), AT_FDCWD, folder_.c_str(), RENAME_EXCHANGE) == 0) {
    make_names_durable(folder_.parent_path());
    return;
  }
  const bool cannot_exchange = !options_.exchange || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
  if (!cannot_exchange || !rename_folder(folder_, aside_))
    throw FileError(folder_, kCanBeReplaced, system_message(errno));
  for (int tried = 0; !rename_folder(beside_, folder_); ++tried) {
    const int error_number = errno;
    // Another process may have found no folder and made an empty one; it is then rejected because
    // of the lock on the other two.
    remove_blank(folder_);
    if ((error_number == ENOTEMPTY || error_number == EEXIST) && tried < kRenameTries) continue;
    rename_folder(aside_, folder_);
    throw FileError(folder_, "a name that can be given to the new folder", system_message(error_number));
  }
  make_names_durable(folder_.parent_path());
}

/// Moves the user's entries into the folder and removes the rest.
void ReplacedFolder::retire(const Path& old) const {
  if (!is_there(old)) return;
  for (const Path& entry : entries_of(old)) {
    const Path name = entry.filename();
    if (name == kLockName || name == kWholeName || is_own_(entry) || is_leftover(entry)) continue;
    if (is_there(folder_ / name)) throw FileError(entry, "no entry of that name in " + folder_.string(), "one");
    if (!rename_folder(entry, folder_ / name)) {
      throw FileError(entry, "something that can be moved to " + folder_.string(), system_message(errno));
    }
  }
  make_names_durable(folder_);
  remove(old);
}

/// A half-removed folder must not be taken for a complete one: it loses its name first.
void ReplacedFolder::remove(const Path& folder) const { remove_folder(rename_folder(folder, gone_) ? gone_ : folder); }

/// Folders of these names without a lock in them were made by others.
void ReplacedFolder::refuse_strangers() const {
  for (const Path& one : {beside_, aside_, gone_}) {
    if (!is_there(one) || is_there(one / kLockName) || is_blank(one)) continue;
    throw FileError(one, "nothing, or what an earlier tandem left there", "a folder of something else");
  }
}

void ReplacedFolder::recover() {
  refuse_strangers();
  if (is_there(gone_)) remove_folder(gone_);
  if (!is_there(beside_) && !is_there(aside_) && !is_whole(folder_)) return;
  // Between two renames of another process these folders are in use, although our lock does not
  // conflict with its lock. This throws if their own locks are held.
  for (const Path& one : {beside_, aside_}) {
    if (is_there(one)) const FolderLock idle(one);
  }
  if (is_blank(folder_) && (is_whole(beside_) || is_there(aside_))) {
    remove_blank(folder_);
    if (!rename_folder(is_whole(beside_) ? beside_ : aside_, folder_)) {
      throw FileError(folder_, "a name that can be given back", system_message(errno));
    }
    lock_ = std::make_unique<FolderLock>(folder_);
    made_ = false;
  } else if (is_whole(beside_)) {
    beside_lock_ = std::make_unique<FolderLock>(beside_);
    swap();
    lock_ = std::move(beside_lock_);
  }
  if (is_whole(folder_)) retire(beside_);
  retire(aside_);
  std::filesystem::remove(folder_ / kWholeName);
}

void ReplacedFolder::discard_unfinished() {
  beside_lock_.reset();
  if (is_there(beside_)) remove(beside_);
}

bool ReplacedFolder::is_leftover(const Path& entry) const {
  const std::string target = target_of_temporary(entry.filename().string());
  return !target.empty() && is_own_(entry.parent_path() / target);
}

void sweep_temporaries(const Path& folder, const OwnEntry& is_own) {
  for (const Path& entry : entries_of(folder)) {
    const std::string target = target_of_temporary(entry.filename().string());
    const bool is_file = std::filesystem::is_regular_file(std::filesystem::symlink_status(entry));
    if (target.empty() || !is_own(folder / target) || !is_file) continue;
    std::error_code ignored;
    std::filesystem::remove(entry, ignored);
  }
}

}  // namespace tandem
