#include "tandem/readers/coco_ids.h"

#include <algorithm>
#include <charconv>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_walk.h"

namespace tandem {
namespace {

void add_annotation(CocoIds& ids, std::int64_t id, std::int64_t picture, const std::string& caption,
                    const std::filesystem::path& file) {
  if (id < 0 || picture < 0)
    throw FileError(
        file, "an \"id\" and an \"image_id\" for every annotation",
        "\"" + printable(caption) + "\" with id " + std::to_string(id) + " of picture " + std::to_string(picture));
  ids.captions[{picture, clean_caption(caption)}].push_back(id);
}

}  // namespace

CocoIds read_coco_ids(const std::filesystem::path& file) {
  CocoIds ids;
  std::string caption;
  std::int64_t id = -1, picture = -1;
  const auto forget = [&] {
    caption.clear();
    id = picture = -1;
  };
  walk_json(file, {.on_text =
                       [&](std::string_view place, std::string& text) {
                         if (place == "/annotations/caption") caption = text;
                       },
                   .on_number =
                       [&](std::string_view place, std::int64_t number) {
                         if (place == "/images/id" || place == "/annotations/id") id = number;
                         if (place == "/annotations/image_id") picture = number;
                       },
                   .on_object_end =
                       [&](std::string_view place) {
                         if (place == "/images") {
                           if (id >= 0) ids.pictures.insert(id);
                         } else if (place == "/annotations") {
                           add_annotation(ids, id, picture, caption, file);
                         } else {
                           return;
                         }
                         forget();
                       }});
  if (ids.pictures.empty() || ids.captions.empty())
    throw FileError(file, "lists \"images\" and \"annotations\", as COCO's captions have them",
                    ids.pictures.empty() ? "no images" : "no annotations");
  for (auto& [text, annotations] : ids.captions) std::sort(annotations.begin(), annotations.end());
  return ids;
}

std::optional<std::int64_t> coco_picture_number(std::string_view name) {
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  name = name.substr(0, name.rfind('.'));
  name.remove_prefix(name.rfind('_') + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (name.empty() || error != std::errc() || end != name.data() + name.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace tandem
