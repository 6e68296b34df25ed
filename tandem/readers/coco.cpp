#include "tandem/readers/coco.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_walk.h"
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

struct Picture {
  std::int64_t id = 0;
  std::string file_name;
};

struct Annotation {
  std::size_t picture = 0;  ///< its place in the file
  std::int64_t id = 0;
  std::string caption;
};

struct CaptionFile {
  std::vector<Picture> pictures;        ///< in the file's order
  std::vector<Annotation> annotations;  ///< by picture, then by their own ids
};

CaptionFile read_caption_file(const Path& file, PictureGathering& gathering) {
  CaptionFile content;
  auto& pictures = content.pictures;
  auto& annotations = content.annotations;
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
                           annotations.push_back({.id = id, .caption = caption});
                           image_ids.push_back(image_id);
                           forget();
                         }
                       }});
  if (!lists_images || !lists_annotations) {
    throw FileError(file, "lists \"images\" and \"annotations\", as COCO's captions have them",
                    lists_images ? "no annotations" : "no images");
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const auto picture = index_of.find(image_ids[i]);
    if (picture == index_of.end()) {
      gathering.leave_out("captions of pictures that are not listed",
                          file.filename().string() + " annotation " + std::to_string(annotations[i].id) +
                              " of picture " + std::to_string(image_ids[i]));
      continue;
    }
    annotations[i].picture = picture->second;
    if (kept < i) annotations[kept] = std::move(annotations[i]);
    ++kept;
  }
  annotations.resize(kept);
  std::sort(annotations.begin(), annotations.end(), [](const Annotation& a, const Annotation& b) {
    return std::tie(a.picture, a.id, a.caption) < std::tie(b.picture, b.id, b.caption);
  });
  return content;
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
  const Path folder =
      file.parent_path().filename() == "annotations" ? file.parent_path().parent_path() : file.parent_path();
  read_karpathy(file, [&](const std::string& part) { return picture_folder(folder, part); }, set);
  return set;
}

bool holds_files(const Path& folder) {
  std::error_code error;
  return std::filesystem::directory_iterator(folder, error) != std::filesystem::directory_iterator();
}

/// Files whose pictures are all missing are ignored, unless that is true of every file.
std::vector<Annotations> files_with_pictures(const std::vector<Annotations>& files, const Path& folder,
                                             CaptionSet& set) {
  std::vector<Annotations> kept;
  std::vector<std::string> remarks;
  for (const Annotations& annotations : files) {
    if (holds_files(picture_folder(folder, annotations.part))) {
      kept.push_back(annotations);
    } else {
      remarks.push_back(annotations.file.filename().string() + " is left aside: there are no pictures in " +
                        annotations.part + "/");
    }
  }
  if (kept.empty()) return files;
  set.remarks.insert(set.remarks.end(), remarks.begin(), remarks.end());
  return kept;
}

/// COCO divided the same pictures anew in 2017: COCO_val2014_000000000042.jpg is 000000000042.jpg
/// of train2017 or val2017.
std::string name_in_coco(const Picture& picture) {
  const std::string stem = Path(picture.file_name).stem().string();
  return std::to_string(picture.id) + " " + stem.substr(stem.rfind('_') + 1);  // npos + 1 is 0
}

/// Pictures of the other year are recognised by their names in COCO, those of the same year only by
/// their ids in the set.
class YearsMet {
 public:
  /// Before a file is read.
  void begin(const Annotations& annotations) {
    const std::string year = annotations.part.substr(annotations.part.size() - 4);
    if (year != year_) before_.merge(of_year_);
    year_ = year;
  }
  bool is_known(const Picture& picture) const { return before_.contains(name_in_coco(picture)); }
  void add(const Picture& picture) { of_year_.insert(name_in_coco(picture)); }

 private:
  std::string year_;
  std::unordered_set<std::string> before_, of_year_;
};

bool is_of_val(const CaptionedImage& image) { return image.id.starts_with("val"); }

/// For pictures of both train and val.
Split split_of_both(const CaptionedImage& image) {
  if (is_of_val(image)) return Split::kTest;
  return split_by_hash(image.id) == Split::kDev ? Split::kDev : Split::kTrain;
}

/// By the pictures that exist: val is test beside train; alone, each is split by hash.
void give_splits(CaptionSet& set) {
  const auto vals = std::count_if(set.images.begin(), set.images.end(), is_of_val);
  const bool both = vals > 0 && vals < static_cast<std::ptrdiff_t>(set.images.size());
  for (CaptionedImage& image : set.images) {
    image.split = both ? split_of_both(image) : split_by_hash(image.id);
  }
  set.remarks.push_back(
      both ? "COCO's captions have no test split: val is test, and a tenth of train, by the hash of the names, is dev"
           : split_remark("their names"));
  set.splits_made = !both;
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
  CaptionSet set{.name = "coco", .images = {}, .remarks = {}};
  PictureGathering gathering;
  YearsMet years;
  Tally met_before;
  for (const Annotations& annotations : files_with_pictures(files, folder, set)) {
    years.begin(annotations);
    const Path place = picture_folder(folder, annotations.part);
    const std::string file = annotations.file.filename().string();
    std::string where;  // made for every caption, in the same memory
    const MainCategories classes =
        categories ? read_main_categories(annotations.file.parent_path() / ("instances_" + annotations.part + ".json"))
                   : MainCategories();
    CaptionFile content = read_caption_file(annotations.file, gathering);
    auto annotation = content.annotations.begin();
    for (std::size_t i = 0; i < content.pictures.size(); ++i) {
      const Picture& picture = content.pictures[i];
      const auto first = annotation;
      annotation =
          std::find_if(first, content.annotations.end(), [&](const Annotation& one) { return one.picture != i; });
      if (!stays_in_folder(picture.file_name)) {
        gathering.leave_out("pictures whose names lead out of the folder", file + " " + printable(picture.file_name));
        continue;
      }
      CaptionedImage image{.id = annotations.part + "/" + picture.file_name,
                           .picture = {.file = place / picture.file_name}};
      if (years.is_known(picture)) {
        met_before.add(printable(image.id));
        continue;
      }
      if (const auto found = classes.find(picture.id); found != classes.end()) image.label = found->second;
      image.captions.reserve(static_cast<std::size_t>(annotation - first));
      for (auto one = first; one != annotation; ++one) {
        where.assign(file).append(" annotation ").append(std::to_string(one->id));
        gathering.add_caption(image, std::move(one->caption), where);
      }
      const std::size_t before = set.images.size();
      gathering.add_picture(set, std::move(image), file);
      if (set.images.size() > before) years.add(picture);
    }
  }
  if (categories) set.remarks.push_back("a picture's category is the one that covers most of it, by COCO's instances");
  met_before.remark(set.remarks, "pictures of 2014 are there as pictures of 2017 too, and taken once, as those");
  give_splits(set);
  gathering.finish(set, folder);
  return set;
}

}  // namespace tandem
