// COCO's own numbers of pictures and captions, by which other programs know them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace tandem {

struct CocoIds {
  std::unordered_set<std::int64_t> pictures;
  /// (picture, clean_caption of its text) -> ids of the annotations with this text, ascending.
  std::map<std::pair<std::int64_t, std::string>, std::vector<std::int64_t>> captions;
};

/// Reads a file of COCO's captions, such as captions_val2014.json.
/// Throws FileError if it is missing, is not JSON, lists no pictures or no annotations, or an
/// annotation has no id or no picture.
CocoIds read_coco_ids(const std::filesystem::path& file);

/// The number in a picture's name: 42 of "val2014/COCO_val2014_000000000042.jpg" and of
/// "val2017/000000000042.jpg". Nothing for other names.
std::optional<std::int64_t> coco_picture_number(std::string_view name);

}  // namespace tandem
