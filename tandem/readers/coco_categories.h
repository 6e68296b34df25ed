// COCO's instances: which of the 80 categories a picture shows above all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

namespace tandem {

/// Picture's id -> name of its category.
using MainCategories = std::unordered_map<std::int64_t, std::string>;

/// Reads instances_PART.json: the category whose objects, crowds included, cover the largest area
/// together; of equal ones the one with the smaller id. Pictures without an object are not in it.
/// Throws FileError if the file is missing, cut, no JSON, or has no categories or annotations.
MainCategories read_main_categories(const std::filesystem::path& file);

}  // namespace tandem
