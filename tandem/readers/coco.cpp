#include "tandem/readers/coco.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/coco_captions.h"
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
std::string name_in_coco(const CocoPicture& picture) {
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
  bool is_known(const CocoPicture& picture) const { return before_.contains(name_in_coco(picture)); }
  void add(const CocoPicture& picture) { of_year_.insert(name_in_coco(picture)); }

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
    const MainCategories classes =
        categories ? read_main_categories(annotations.file.parent_path() / ("instances_" + annotations.part + ".json"))
                   : MainCategories();
    CocoCaptions content = read_coco_captions(annotations.file, gathering);
    for (std::size_t i = 0; i < content.pictures.size(); ++i) {
      const CocoPicture& picture = content.pictures[i];
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
      content.add_to(image, i, file, gathering);
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
