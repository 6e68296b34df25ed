// From pictures and captions as a file lists them to a caption set: what is missing or unusable is left out and counted.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "tandem/data/caption_set.h"
#include "tandem/data/tally.h"

namespace tandem {

/// Names of the regular files of folders, each folder read once: a hundred thousand questions cost one listing.
class FolderListing {
 public:
  /// Whether `folder / name` is a file.
  bool has(const std::filesystem::path& folder, const std::string& name);

 private:
  std::unordered_map<std::string, std::unordered_set<std::string>> names_;
};

class PictureGathering {
 public:
  /// Adds the caption if it can be used. `where` names its place in the file for the user.
  void add_caption(CaptionedImage& image, std::string caption, const std::string& where);

  /// Adds the picture if it is there and has a caption. An id that came before is a defect.
  void add_picture(CaptionSet& set, CaptionedImage image);

  /// Ends the reading: defects into the set, which is then checked.
  /// Throws FileError naming `source` if nothing is left, or as check_caption_set does.
  void finish(CaptionSet& set, const std::filesystem::path& source) const;

 private:
  FolderListing listing_;
  std::unordered_set<std::string> ids_;
  Tally missing_, repeated_, speechless_, blank_, overlong_, foreign_;
};

/// Whether the name of a picture file stays in its folder: no "..", not absolute, not empty.
bool stays_below(const std::string& name);

}  // namespace tandem
