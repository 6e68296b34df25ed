// From pictures and captions as a file lists them to a caption set: what is missing or unusable is
// left out and counted.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/data/tally.h"

namespace tandem {

/// Names of the regular files of folders, each folder read once: a hundred thousand questions cost
/// one listing.
class FolderListing {
 public:
  /// Whether the path is a file. A path without a folder is in the current one.
  bool has(std::string_view file);

  /// Whether the folder of that path is there and may not be read.
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

class PictureGathering {
 public:
  /// `file` names the file that all places are in, for the user; empty if they name theirs.
  explicit PictureGathering(std::string file = {}) : file_(std::move(file)) {}

  /// Counts something that cannot be used, under what it is in the plural ("blank captions").
  /// `where` names its place for the user: "line 12".
  void leave_out(std::string_view what, std::string_view where);

  /// Adds the caption, cleaned, if it can be used.
  void add_caption(CaptionedImage& image, std::string caption, std::string_view where);

  /// Adds the picture if it is there (of a stretch of a file the reader has seen that), has a
  /// caption and a name in UTF-8. An id that came before is left out. `where` the picture is named,
  /// if the id does not tell that.
  void add_picture(CaptionSet& set, CaptionedImage image, std::string_view where = {});

  /// Ends the reading: what was left out becomes the set's defects, in the order in which they were
  /// met. What was added is sound, one by one, as check_caption_set asks. Throws FileError naming
  /// `source` if nothing is left.
  void finish(CaptionSet& set, const std::filesystem::path& source) const;

 private:
  std::string file_;
  FolderListing listing_;
  std::unordered_set<std::string> ids_;
  std::vector<std::pair<std::string, Tally>> left_out_;
};

}  // namespace tandem
