#include "tandem/datasets/coco_part.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr int kListDepth = 1, kElementDepth = 2;  // Of { "images": [ { ... } ] }.

/// Parses the document; elements of its lists of which `wanted` says no never take memory together.
template <typename Wanted>
Json parse_elements(const std::filesystem::path& file, const Wanted& wanted) {
  std::string list;
  const MappedFile map(file);
  const Json document = Json::parse(
      map.bytes().begin(), map.bytes().end(),
      [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::key && depth == kListDepth) list = parsed.get<std::string>();
        return event != Json::parse_event_t::object_end || depth != kElementDepth || wanted(list, parsed);
      },
      false);
  if (!document.is_object() || !document.contains("images") || !document["images"].is_array()) {
    throw FileError(file, "COCO's captions, an object with a list \"images\"", document.is_discarded() ? "bytes that are not JSON" : "another document");
  }
  return document;
}

}  // namespace

std::vector<std::string> choose_coco_pictures(const std::filesystem::path& captions, std::int64_t limit, std::uint64_t seed) {
  const Json document = parse_elements(captions, [](const std::string& list, const Json&) { return list == "images"; });
  std::vector<std::pair<std::string, std::string>> by_hash;
  for (const Json& image : document["images"]) {
    const auto name = json_field<std::string>(image, "file_name", captions);
    if (!is_plain_name(name) || name.starts_with('.')) {
      throw FileError(captions, "names of files in a folder", "one that leaves it or is hidden");
    }
    by_hash.emplace_back(Checksum().add_field(std::to_string(seed)).add_field(name).text(), name);
  }
  std::sort(by_hash.begin(), by_hash.end());
  if (static_cast<std::int64_t>(by_hash.size()) > limit) by_hash.resize(static_cast<std::size_t>(limit));
  std::set<std::string> names;
  for (const auto& [hash, name] : by_hash) names.insert(name);
  return {names.begin(), names.end()};
}

void keep_coco_pictures(const std::filesystem::path& captions, const std::vector<std::string>& names) {
  std::set<std::int64_t> ids;
  const Json listed = parse_elements(captions, [](const std::string& list, const Json&) { return list == "images"; });
  for (const Json& image : listed["images"]) {
    const auto name = json_field<std::string>(image, "file_name", captions);
    if (std::binary_search(names.begin(), names.end(), name)) ids.insert(json_field<std::int64_t>(image, "id", captions));
  }
  const Json kept = parse_elements(captions, [&](const std::string& list, const Json& element) {
    if (list == "images") return ids.count(json_field<std::int64_t>(element, "id", captions)) != 0;
    return list != "annotations" || ids.count(json_field<std::int64_t>(element, "image_id", captions)) != 0;
  });
  write_file(captions, kept.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace tandem
