// COCO's instances: the main one of the 80 categories in a picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

namespace tandem {

/// A picture's id -> the name of its main category.
using MainCategories = std::unordered_map<std::int64_t, std::string>;

/// Reads instances_PART.json. The main category is the one whose objects, crowds included, cover
/// the largest area together; between equal areas, the one with the smaller id. Pictures without an
/// object are not in the map.
/// Throws FileError if the file is missing, cut, not JSON, or has no categories or annotations.
MainCategories read_main_categories(const std::filesystem::path& file);

}  // namespace tandem
