// Unpacks archives from outside into one of our folders: zip and gzipped tar, by libarchive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

struct UnpackOptions {
  std::vector<std::string> keep = {};               ///< beginnings of the names to unpack; empty: all
  std::int64_t most_bytes = std::int64_t{1} << 38;  ///< total size of the unpacked files
  std::int64_t most_members = 2'000'000;
  Progress progress = {};  ///< counts kilobytes read from the archive
};

/// Writes the archive's files below `folder`, which is made, and returns their number. Entries that
/// macOS adds (__MACOSX/) are left out. Only plain files and folders are written, readable and not
/// executable, each name at most once.
/// Throws FileError if the archive is cut or damaged, has a name that would leave the folder or is
/// not UTF-8, contains a link or a device, exceeds the limits, or holds nothing to unpack. Files
/// written before the error stay in `folder`.
std::int64_t unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder,
                            const UnpackOptions& options = {});

}  // namespace tandem
