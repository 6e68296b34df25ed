#include "tandem/readers/coco.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_walk.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/readers/coco_categories.h"
#include "tandem/readers/karpathy.h"
#include "tandem/storage/inner_name.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// One of the files: captions_train2017.json is part "train2017".
struct Annotations {
  Path file;
  std::string part;
  bool is_val() const { return part.starts_with("val"); }
};

std::vector<Annotations> find_annotations(const Path& folder) {
  std::vector<Annotations> found;
  for (const char* part : {"train2017", "val2017", "train2014", "val2014"}) {
    const std::string name = "captions_" + std::string(part) + ".json";
    for (const Path& place : {folder / "annotations", folder}) {
      std::error_code ignored;
      if (!std::filesystem::is_regular_file(place / name, ignored)) continue;
      found.push_back({.file = place / name, .part = part});
      break;
    }
  }
  return found;
}

constexpr std::size_t kUsualCaptions = 5;

struct Picture {
  std::int64_t id = 0;
  std::string file_name;
  std::vector<std::pair<std::int64_t, std::string>> captions;  ///< by the annotation's id
};

/// Pictures in the file's order, each with its captions in the order of their ids.
std::vector<Picture> read_annotations(const Path& file) {
  std::vector<Picture> pictures;
  std::unordered_map<std::int64_t, std::size_t> index_of;
  struct Annotation {
    std::int64_t id, image;
    std::string caption;
  };
  std::vector<Annotation> annotations;
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
                         if (place == "/images/file_name") name = std::move(text);
                         if (place == "/annotations/caption") caption = std::move(text);
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
                             throw FileError(file, "an \"id\" and a \"file_name\" for every picture", "\"" + name + "\" with id " + std::to_string(id));
                           }
                           if (!index_of.try_emplace(id, pictures.size()).second) {
                             throw FileError(file, "every picture's id once", std::to_string(id) + " twice");
                           }
                           pictures.push_back({.id = id, .file_name = std::move(name), .captions = {}});
                           forget();
                         } else if (place == "/annotations") {
                           lists_annotations = true;
                           if (image_id < 0) throw FileError(file, "an \"image_id\" for every annotation", "none for annotation " + std::to_string(id));
                           annotations.push_back({.id = id, .image = image_id, .caption = std::move(caption)});
                           forget();
                         }
                       }});
  if (!lists_images || !lists_annotations) {
    throw FileError(file, "lists \"images\" and \"annotations\", as COCO's captions have them", lists_images ? "no annotations" : "no images");
  }
  for (Annotation& annotation : annotations) {
    const auto picture = index_of.find(annotation.image);
    if (picture == index_of.end()) {
      throw FileError(file, "annotations of its own pictures", "annotation " + std::to_string(annotation.id) + " of picture " + std::to_string(annotation.image));
    }
    auto& captions = pictures[picture->second].captions;
    if (captions.empty()) captions.reserve(kUsualCaptions);
    captions.emplace_back(annotation.id, std::move(annotation.caption));
  }
  for (Picture& picture : pictures) std::sort(picture.captions.begin(), picture.captions.end());
  return pictures;
}

Path picture_folder(const Path& folder, const std::string& part) {
  return std::filesystem::is_directory(folder / "images" / part) ? folder / "images" / part : folder / part;
}

constexpr const char* kKarpathyFile = "dataset_coco.json";

/// Karpathy's file, if the path is one or holds one.
Path karpathy_file(const Path& path) {
  for (const Path& file : {path, path / kKarpathyFile, path / "annotations" / kKarpathyFile}) {
    std::error_code ignored;
    if (file.filename() == kKarpathyFile && std::filesystem::is_regular_file(file, ignored)) return file;
  }
  return {};
}

CaptionSet read_karpathy_splits(const Path& file) {
  CaptionSet set{.name = "coco", .images = {}, .remarks = {"splits are Karpathy's, by " + file.filename().string()}};
  const Path folder = file.parent_path().filename() == "annotations" ? file.parent_path().parent_path() : file.parent_path();
  read_karpathy(file, [&](const std::string& part) { return picture_folder(folder, part); }, set);
  return set;
}

Split split_of(const Annotations& annotations, const std::string& id, bool both) {
  const Split hashed = split_by_hash(id);
  if (!both) return hashed;
  if (annotations.is_val()) return Split::kTest;
  return hashed == Split::kDev ? Split::kDev : Split::kTrain;
}

}  // namespace

bool is_coco(const Path& folder) { return !find_annotations(folder).empty() || !karpathy_file(folder).empty(); }

CaptionSet read_coco(const Path& folder, bool categories) {
  if (const Path file = karpathy_file(folder); !file.empty()) return read_karpathy_splits(file);
  const std::vector<Annotations> files = find_annotations(folder);
  if (files.empty()) {
    throw FileError(folder, "captions_train2017.json or captions_val2017.json (or 2014) in annotations/",
                    std::filesystem::is_directory(folder) ? "neither" : "no such folder");
  }
  const auto vals = std::count_if(files.begin(), files.end(), [](const Annotations& one) { return one.is_val(); });
  const bool both = vals > 0 && vals < static_cast<std::ptrdiff_t>(files.size());
  CaptionSet set{.name = "coco", .images = {}, .remarks = {}};
  PictureGathering gathering;
  for (const Annotations& annotations : files) {
    const Path place = picture_folder(folder, annotations.part);
    const std::string file = annotations.file.filename().string();
    std::string where;  // made for every caption, in the same memory
    const MainCategories classes = categories ? read_main_categories(annotations.file.parent_path() / ("instances_" + annotations.part + ".json")) : MainCategories();
    for (Picture& picture : read_annotations(annotations.file)) {
      if (!stays_in_folder(picture.file_name)) {
        gathering.leave_out("pictures whose names lead out of the folder", file + " " + printable(picture.file_name));
        continue;
      }
      CaptionedImage image{.id = annotations.part + "/" + picture.file_name, .picture = {.file = place / picture.file_name}};
      image.split = split_of(annotations, image.id, both);
      if (const auto found = classes.find(picture.id); found != classes.end()) image.label = found->second;
      image.captions.reserve(picture.captions.size());
      for (auto& [id, caption] : picture.captions) {
        where.assign(file).append(" annotation ").append(std::to_string(id));
        gathering.add_caption(image, std::move(caption), where);
      }
      gathering.add_picture(set, std::move(image), file);
    }
  }
  if (categories) set.remarks.push_back("a picture's category is the one that covers most of it, by COCO's instances");
  set.remarks.push_back(both ? "COCO's captions have no test split: val is test, and a tenth of train, by the hash of the names, is dev" : split_remark("their names"));
  set.splits_made = !both;
  gathering.finish(set, folder);
  return set;
}

}  // namespace tandem
