// Where the pictures of a feature store are: their common folder, those that are missing, and a new
// place for all of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/images/picture_source.h"

namespace tandem {

/// The deepest folder that holds all files, by their names alone. Empty if no picture has a file, or
/// if a file's name is relative.
std::filesystem::path picture_root(const std::vector<PictureSource>& pictures);

/// Pictures whose files are not there. Pictures without a file (imported features) do not count.
struct MissingPictures {
  std::int64_t missing = 0;
  std::int64_t total = 0;
  std::filesystem::path first;  ///< file of the first one that is missing; empty: none is
};

/// Looks for the files of these pictures, archives included. Each folder is listed once.
///
///   rows  of `pictures`
MissingPictures missing_pictures(const std::vector<PictureSource>& pictures, const std::vector<std::int64_t>& rows);

/// For the user: "12 of 60 pictures are not where they were (first: /data/a.jpg); --pictures DIR
/// names their new root". Empty if none is missing.
std::string missing_pictures_notice(const MissingPictures& found);

/// Moves all pictures below `folder`, their new root. Names below the old root (picture_root) stay.
/// `folder` may also be the new place of a folder above the old root: of the possible ones, that
/// under which most files are there is taken, the nearest one if several are equal.
/// Throws FileError naming `folder` if it is no folder, or none of the files is there.
void move_pictures(std::vector<PictureSource>& pictures, const std::filesystem::path& folder);

}  // namespace tandem
