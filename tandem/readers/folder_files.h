// The files below a folder: pictures by their names, and all others.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/data/picture_gathering.h"

namespace tandem {

struct FolderFiles {
  std::vector<std::filesystem::path> pictures;  ///< has_picture_ending, in the order of the names
  std::vector<std::filesystem::path> others;    ///< in the order of the names
};

/// The regular files in the folder and in all folders below it. Links to folders are followed, but no folder is read
/// twice, so that circles end. Links into folders that are read anyway, links that lead nowhere and folders that may
/// not be entered are left out and counted by `gathering`.
FolderFiles files_below(const std::filesystem::path& folder, PictureGathering& gathering);

}  // namespace tandem
