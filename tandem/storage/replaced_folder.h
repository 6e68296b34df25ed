// A folder whose content is replaced as a whole: the new content is built beside it and takes its
// name in one rename.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "tandem/storage/folder_lock.h"

namespace tandem {

/// Whether the entry, FOLDER/NAME, belongs to the result in FOLDER. All other entries are the
/// user's and stay.
using OwnEntry = std::function<bool(const std::filesystem::path& entry)>;

struct ReplacedFolderOptions {
  bool exchange = true;  ///< false: act as on a file system that cannot exchange two names in one step
};

/// The one writer of FOLDER. New content is built in `.NAME.new` beside FOLDER and exchanged with
/// it at the end. Whenever the process is killed, FOLDER holds either all of the old content or
/// all of the new.
///
/// If the file system cannot exchange two names (NFS, some network and FUSE mounts), FOLDER is
/// renamed to `.NAME.old` and then `.NAME.new` to FOLDER. If the process is killed between these
/// two steps, FOLDER is missing until the next writer completes the replacement.
class ReplacedFolder {
 public:
  /// Makes the folder if it does not exist and takes its lock. Completes a replacement that a
  /// killed process had begun, and removes abandoned temporary files of own entries.
  /// Throws FileError if another process writes to the folder or the folder cannot be made.
  ReplacedFolder(const std::filesystem::path& folder, OwnEntry is_own, ReplacedFolderOptions options = {});

  /// Removes the unfinished content unless keep_unfinished() was called. Also removes the folder if
  /// this object made it and it stayed empty.
  ~ReplacedFolder();
  ReplacedFolder(const ReplacedFolder&) = delete;
  ReplacedFolder& operator=(const ReplacedFolder&) = delete;

  /// The folder by its real name, with symbolic links resolved.
  const std::filesystem::path& folder() const { return folder_; }

  /// Whether any entry of the folder belongs to a result.
  bool has_own() const;

  /// The path of unfinished content, whether or not there is any.
  const std::filesystem::path& beside() const { return beside_; }
  static std::filesystem::path beside(const std::filesystem::path& folder);
  /// Whether there is unfinished content, of this process or kept by an earlier one.
  bool has_unfinished() const;
  /// Removes the unfinished content, as begin() does.
  void discard_unfinished();

  /// An empty folder to build the new content in; older unfinished content is removed. It lies
  /// beside FOLDER. It is FOLDER itself if FOLDER has no own entries and cannot be renamed (a mount
  /// point, the working folder).
  /// Throws FileError if there is something to replace and FOLDER cannot be renamed, or if nothing
  /// can be made beside it.
  const std::filesystem::path& begin();
  /// The unfinished content, to continue with.
  const std::filesystem::path& go_on();
  /// The folder itself, for content that is built in its final place because there is nothing to
  /// protect. finish() then does nothing.
  const std::filesystem::path& begin_in_place();

  /// From now on the unfinished content stays when this object is destroyed, so that a later
  /// process can call go_on().
  void keep_unfinished() { keeps_unfinished_ = true; }

  /// Makes the new content durable and exchanges it with the old. Entries of the old folder that
  /// are not own are moved into the new folder; the rest of the old folder is removed.
  /// Throws FileError if the new content has an entry with the name of one that is not own, the
  /// disk is full, or the rename fails; the folder is then as it was.
  void finish();

 private:
  void recover();
  void refuse_strangers() const;
  void refuse_to_hide() const;
  void swap();
  void retire(const std::filesystem::path& old) const;
  bool is_leftover(const std::filesystem::path& entry) const;
  void remove(const std::filesystem::path& folder) const;

  std::filesystem::path given_, folder_, beside_, aside_, gone_;
  OwnEntry is_own_;
  ReplacedFolderOptions options_;
  bool made_ = false;  ///< this object made the folder
  bool in_place_ = false;
  bool finished_ = false;
  bool keeps_unfinished_ = false;
  std::unique_ptr<FolderLock> lock_, beside_lock_;
};

/// Removes the `.NAME.XXXXXX` files that killed writers of FOLDER/NAME left, for every own NAME.
/// The caller must hold the folder's lock.
void sweep_temporaries(const std::filesystem::path& folder, const OwnEntry& is_own);

}  // namespace tandem
