// Builds a caption set from the pictures and captions that a file lists. Missing and unusable
// entries are left out and counted.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/data/tally.h"

namespace tandem {

/// The names of the regular files in folders. Each folder is read once, so a hundred thousand
/// queries cost one listing.
class FolderListing {
 public:
  /// Whether the path is a file. A path without a folder is looked up in the current folder.
  bool has(std::string_view file);

  /// Whether the folder of that path exists but may not be read.
  bool is_in_closed_folder(std::string_view file) { return contents(folder_of(file)).closed; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Contents {
    std::unordered_set<std::string, Hash, std::equal_to<>> files;
    bool closed = false;
  };

  static std::string_view folder_of(std::string_view file);
  const Contents& contents(std::string_view folder);

  std::unordered_map<std::string, Contents, Hash, std::equal_to<>> folders_;
};

/// Collects the pictures of one reader and counts what it leaves out.
class PictureGathering {
 public:
  /// `file` is the name, for the user, of the file that all places are in; empty if the places name
  /// their files.
  explicit PictureGathering(std::string file = {}) : file_(std::move(file)) {}

  /// From now on pictures need no caption.
  void accept_bare_pictures() { needs_captions_ = false; }

  /// Counts an entry that cannot be used. `what` is the kind of entry, in the plural ("blank
  /// captions"). `where` is its place, for the user: "line 12".
  void leave_out(std::string_view what, std::string_view where);

  /// Counts a file that is no part of the data. `what` and `where` as in leave_out.
  void note(std::string_view what, std::string_view where);

  /// Adds the caption, cleaned, if it is usable: UTF-8, not blank, and not too long. Otherwise
  /// counts it.
  void add_caption(CaptionedImage& image, std::string caption, std::string_view where);

  /// Adds the picture if it has a caption (accept_bare_pictures) and its name is UTF-8. Its file must exist; for a part
  /// of a file, the reader has checked that. An id that was already added is left out. `where` is the place that names
  /// the picture, if the id does not tell it.
  void add_picture(CaptionSet& set, CaptionedImage image, std::string_view where = {});

  /// Ends the reading. The counts become the set's defects, in the order in which they were first
  /// met. Each entry that was added fulfils the conditions of check_caption_set.
  /// Throws FileError naming `source` if the set has no picture.
  void finish(CaptionSet& set, const std::filesystem::path& source) const;

 private:
  struct Counted {
    std::string what;
    bool is_note = false;
    Tally tally;
  };
  void count(std::string_view what, bool is_note, std::string_view where);

  std::string file_;
  bool needs_captions_ = true;
  FolderListing listing_;
  std::unordered_set<std::string> ids_;
  std::vector<Counted> counted_;
};

}  // namespace tandem
