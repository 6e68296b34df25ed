#include "tandem/fetching/datasets/coco_part.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_depth.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

/// Builds the document { "images": [ { ... } ], ... } without those elements of its lists that
/// `wanted` rejects, so that these never take memory all at once. Each element is checked once,
/// when it ends; the library's own filter checks all earlier ones again.
template <typename Wanted>
class ElementParser final : public Json::json_sax_t {
 public:
  ElementParser(const std::filesystem::path& file, const Wanted& wanted) : file_(file), wanted_(wanted) {}

  Json document;

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override { return put(value); }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool key(std::string& name) override {
    key_ = std::move(name);
    if (open_.size() == kListDepth) list_ = key_;
    return true;
  }
  bool end_object() override {
    const bool is_element = open_.size() == kListDepth + 2 && open_[kListDepth]->is_array();
    const bool kept = !is_element || wanted_(list_, *open_.back());
    open_.pop_back();
    if (!kept) open_.back()->erase(open_.back()->size() - 1);
    return true;
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  static constexpr std::size_t kListDepth = 1;  // of { "images": [

  Json* add(Json value) {
    if (open_.empty()) return &(document = std::move(value));
    if (open_.back()->is_object()) return &((*open_.back())[key_] = std::move(value));
    open_.back()->push_back(std::move(value));
    return &open_.back()->back();
  }
  bool put(Json value) {
    add(std::move(value));
    return true;
  }
  bool open(Json container) {
    if (open_.size() == kDeepestJson)
      throw FileError(file_, "JSON of at most " + std::to_string(kDeepestJson) + " levels", "more");
    open_.push_back(add(std::move(container)));
    return true;
  }

  const std::filesystem::path& file_;
  const Wanted& wanted_;
  std::string list_, key_;
  std::vector<Json*>
      open_;  // objects and lists that have begun; each lies in the one before, which does not grow meanwhile
};

template <typename Wanted>
Json parse_elements(const std::filesystem::path& file, const Wanted& wanted) {
  const MappedFile map(file);
  ElementParser parser(file, wanted);
  const bool whole = Json::sax_parse(map.bytes(), &parser);
  const Json& document = parser.document;
  if (!whole || !document.is_object() || !document.contains("images") || !document["images"].is_array()) {
    throw FileError(file, "COCO's captions, an object with a list \"images\"",
                    whole ? "another document" : "bytes that are not JSON");
  }
  return std::move(parser.document);
}

}  // namespace

std::vector<std::string> choose_coco_pictures(const std::filesystem::path& captions, std::int64_t limit,
                                              std::uint64_t seed) {
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
    if (std::binary_search(names.begin(), names.end(), name))
      ids.insert(json_field<std::int64_t>(image, "id", captions));
  }
  const Json kept = parse_elements(captions, [&](const std::string& list, const Json& element) {
    if (list == "images") return ids.count(json_field<std::int64_t>(element, "id", captions)) != 0;
    return list != "annotations" || ids.count(json_field<std::int64_t>(element, "image_id", captions)) != 0;
  });
  write_file(captions, kept.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace tandem
