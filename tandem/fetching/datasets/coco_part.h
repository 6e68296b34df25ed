// A part of MS-COCO's captions: the choice of pictures, and only their annotations.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tandem {

/// The names of `limit` pictures of captions_*.json, sorted; all of them if there are no more. They
/// are the first by a hash of seed and name, so the pictures of a smaller limit are among those of
/// a larger one. Annotations are read but not stored.
/// Throws FileError if the file is not of that kind, or a name in it would leave its folder.
std::vector<std::string> choose_coco_pictures(const std::filesystem::path& captions, std::int64_t limit,
                                              std::uint64_t seed);

/// Replaces the file atomically by one with only these pictures and their annotations. Throws
/// FileError if it cannot be read or written.
void keep_coco_pictures(const std::filesystem::path& captions, const std::vector<std::string>& names);

}  // namespace tandem
