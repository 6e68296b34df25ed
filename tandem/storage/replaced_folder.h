// A folder whose content changes as a whole: the new content grows beside it and takes its name by
// one rename.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "tandem/storage/folder_lock.h"

namespace tandem {

/// Whether the entry, FOLDER/NAME, belongs to the result that lies in FOLDER. Everything else there
/// is the user's and stays.
using OwnEntry = std::function<bool(const std::filesystem::path& entry)>;

struct ReplacedFolderOptions {
  bool exchange = true;  ///< false: never exchange two names in one step, as where the file system cannot
};

/// The one writer of FOLDER. New content is built in `.NAME.new` beside FOLDER and exchanged with
/// it at the end. At whatever moment the process is killed, FOLDER holds all of the old content or
/// all of the new.
///
/// Where the file system cannot exchange two names (NFS, some network and FUSE mounts), FOLDER is
/// renamed to `.NAME.old` and `.NAME.new` to FOLDER. A kill between these two leaves no FOLDER; the
/// next writer completes the replacement.
class ReplacedFolder {
 public:
  /// Makes the folder if it is not there, takes its lock, completes a replacement that a killed
  /// process had begun to put in place, and removes abandoned temporaries of own files.
  /// Throws FileError if another process writes to the folder or it cannot be made.
  ReplacedFolder(const std::filesystem::path& folder, OwnEntry is_own, ReplacedFolderOptions options = {});

  /// Removes the unfinished content unless keep_unfinished() was called; and the folder if it was
  /// made here and stayed empty.
  ~ReplacedFolder();
  ReplacedFolder(const ReplacedFolder&) = delete;
  ReplacedFolder& operator=(const ReplacedFolder&) = delete;

  /// The folder by its own name, symbolic links followed.
  const std::filesystem::path& folder() const { return folder_; }

  /// Whether anything in the folder belongs to a result.
  bool has_own() const;

  /// Where unfinished content is, whether or not there is any.
  const std::filesystem::path& beside() const { return beside_; }
  static std::filesystem::path beside(const std::filesystem::path& folder);
  /// Of this process, or kept by an earlier one.
  bool has_unfinished() const;
  /// Removes it, as begin() does.
  void discard_unfinished();

  /// An empty place to build the new content in; what was unfinished is removed. The place is
  /// beside the folder; it is the folder itself where that has nothing own and cannot be renamed (a
  /// mount point, the working folder).
  /// Throws FileError if there is something to replace and the folder cannot be renamed, or nothing
  /// can be made beside it.
  const std::filesystem::path& begin();
  /// The unfinished content, to go on with.
  const std::filesystem::path& go_on();
  /// The folder itself, for content that grows where it will stay because there is nothing to
  /// protect. finish() then does nothing.
  const std::filesystem::path& begin_in_place();

  /// From here on the unfinished content stays when this object goes, for go_on() of a later
  /// process.
  void keep_unfinished() { keeps_unfinished_ = true; }

  /// Makes the new content durable and exchanges it with the old. Entries of the old folder that
  /// are not own are moved into the new folder; the rest of the old one is removed.
  /// Throws FileError if the new content has an entry where the folder has one that is not own, the
  /// disk is full, or the name cannot be given; the folder is then as it was.
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
  bool made_ = false;  ///< the folder was not there before
  bool in_place_ = false;
  bool finished_ = false;
  bool keeps_unfinished_ = false;
  std::unique_ptr<FolderLock> lock_, beside_lock_;
};

/// Removes `.NAME.XXXXXX` files that killed writers of FOLDER/NAME left, for every NAME that is
/// own. Only for who holds the lock.
void sweep_temporaries(const std::filesystem::path& folder, const OwnEntry& is_own);

}  // namespace tandem
