#include "tandem/readers/coco_captions.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/parsing/json_walk.h"

namespace tandem {

void CocoCaptions::add_to(CaptionedImage& image, std::size_t picture, const std::string& file,
                          PictureGathering& gathering) {
  image.captions.reserve(begin[picture + 1] - begin[picture]);
  std::string where;  // made for every caption, in the same memory
  for (std::size_t i = begin[picture]; i < begin[picture + 1]; ++i) {
    where.assign(file).append(" annotation ").append(std::to_string(captions[i].id));
    gathering.add_caption(image, std::move(captions[i].caption), where);
  }
}

CocoCaptions read_coco_captions(const std::filesystem::path& file, PictureGathering& gathering) {
  CocoCaptions content;
  auto& pictures = content.pictures;
  auto& captions = content.captions;
  std::unordered_map<std::int64_t, std::size_t> index_of;
  std::vector<std::int64_t> image_ids;  // of the annotations
  std::string name, caption;
  std::int64_t id = -1, image_id = -1;
  bool lists_images = false, lists_annotations = false;
  const auto forget = [&] {
    name.clear();
    caption.clear();
    id = image_id = -1;
  };
  walk_json(file, {.on_text =
                       [&](std::string_view place, std::string& text) {
                         if (place == "/images/file_name")
                           name = text;  // copied: the parser goes on in the same memory
                         if (place == "/annotations/caption") caption = text;
                       },
                   .on_number =
                       [&](std::string_view place, std::int64_t number) {
                         if (place == "/images/id" || place == "/annotations/id") id = number;
                         if (place == "/annotations/image_id") image_id = number;
                       },
                   .on_object_end =
                       [&](std::string_view place) {
                         if (place == "/images") {
                           lists_images = true;
                           if (id < 0 || name.empty()) {
                             throw FileError(file, "an \"id\" and a \"file_name\" for every picture",
                                             "\"" + name + "\" with id " + std::to_string(id));
                           }
                           if (!index_of.try_emplace(id, pictures.size()).second) {
                             throw FileError(file, "every picture's id once", std::to_string(id) + " twice");
                           }
                           pictures.push_back({.id = id, .file_name = name});
                           forget();
                         } else if (place == "/annotations") {
                           lists_annotations = true;
                           if (image_id < 0)
                             throw FileError(file, "an \"image_id\" for every annotation",
                                             "none for annotation " + std::to_string(id));
                           captions.push_back({.id = id, .caption = caption});
                           image_ids.push_back(image_id);
                           forget();
                         }
                       }});
  if (!lists_images || !lists_annotations) {
    throw FileError(file, "lists \"images\" and \"annotations\", as COCO's captions have them",
                    lists_images ? "no annotations" : "no images");
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const auto picture = index_of.find(image_ids[i]);
    if (picture == index_of.end()) {
      gathering.leave_out("captions of pictures that are not listed",
                          file.filename().string() + " annotation " + std::to_string(captions[i].id) + " of picture " +
                              std::to_string(image_ids[i]));
      continue;
    }
    captions[i].picture = picture->second;
    if (kept < i) captions[kept] = std::move(captions[i]);
    ++kept;
  }
  captions.resize(kept);
  std::sort(captions.begin(), captions.end(), [](const CocoCaption& a, const CocoCaption& b) {
    return std::tie(a.picture, a.id, a.caption) < std::tie(b.picture, b.id, b.caption);
  });
  content.begin.assign(pictures.size() + 1, 0);
  for (const CocoCaption& one : captions) ++content.begin[one.picture + 1];
  std::partial_sum(content.begin.begin(), content.begin.end(), content.begin.begin());
  return content;
}

}  // namespace tandem
