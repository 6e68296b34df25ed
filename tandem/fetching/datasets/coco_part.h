// A part of MS-COCO's captions: which pictures, and their annotations alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tandem {

/// The names of `limit` pictures of captions_*.json, sorted; all of them if there are no more. They
/// are the first by a hash of seed and name, so those of a smaller limit are among those of a
/// larger one. Annotations are read over, not kept.
/// Throws FileError if the file is not of that kind, or a name in it would leave its folder.
std::vector<std::string> choose_coco_pictures(const std::filesystem::path& captions, std::int64_t limit,
                                              std::uint64_t seed);

/// Replaces the file, whole or not at all, by one with these pictures and their annotations alone.
void keep_coco_pictures(const std::filesystem::path& captions, const std::vector<std::string>& names);

}  // namespace tandem
