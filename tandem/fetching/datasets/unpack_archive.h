// Archives of strangers into a folder of ours: zip and gzipped tar, by libarchive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

struct UnpackOptions {
  std::vector<std::string> keep = {};               ///< beginnings of the names that are wanted; empty: all
  std::int64_t most_bytes = std::int64_t{1} << 38;  ///< that may come out of it
  std::int64_t most_members = 2'000'000;
  Progress progress = {};  ///< told of kilobytes read from the archive
};

/// Writes the archive's files below `folder`, which is made, and returns how many. What a Mac adds
/// (__MACOSX/) is left out. Only plain files and folders come out, readable and not executable,
/// each name once and none twice.
/// Throws FileError if the archive is cut off or damaged, has a name that would leave the folder or
/// is not UTF-8, a link or a device, holds more than the limits, or nothing of it is wanted. What
/// was written until then stays in `folder`.
std::int64_t unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder,
                            const UnpackOptions& options = {});

}  // namespace tandem
