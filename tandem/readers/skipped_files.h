// Files in a folder of pictures that a reader does not take, counted by their endings.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/data/picture_gathering.h"

namespace tandem {

/// The kind of defect for pictures whose names say a format that tandem does not read.
inline constexpr std::string_view kForeignPictures = "pictures in formats that tandem does not read";

class SkippedFiles {
 public:
  /// Counts a file. `name` is its name, for the user.
  void add(const std::filesystem::path& name);

  /// Hands the counts on: pictures and films in other formats as defects, all other files as one note that counts their
  /// endings, "files of other kinds (3 .pdf, 1 .db)".
  void count(PictureGathering& gathering) const;

 private:
  std::vector<std::string> foreign_;
  std::map<std::string, std::vector<std::string>> by_ending_;  ///< in lower case
};

}  // namespace tandem
