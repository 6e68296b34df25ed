#include "tandem/readers/coco_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/split_in_name.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/coco_captions.h"
#include "tandem/readers/coco_categories.h"
#include "tandem/storage/inner_name.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

struct CocoFile {
  Path file;
  Path pictures;  ///< folder; empty: to be found
};

bool is_folder_at(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

bool is_file_at(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::vector<CocoFile> listed_files(const std::string& list) {
  if (is_file_at(list)) return {{.file = list, .pictures = {}}};
  std::vector<CocoFile> files;
  std::size_t waiting = 0;  // files that have no folder yet, at the end
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const Path place(trimmed(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (is_file_at(place)) {
      files.push_back({.file = place, .pictures = {}});
      ++waiting;
    } else if (is_folder_at(place) && waiting > 0) {
      for (; waiting > 0; --waiting) files[files.size() - waiting].pictures = place;
    } else {
      throw FileError(place, "an annotation file, or behind such files the folder of their pictures",
                      is_folder_at(place) ? "a folder with no file before it" : "no such file or folder");
    }
  }
  if (waiting > 0 && files.size() > 1)
    throw FileError(files.back().file, "the folder of its pictures behind it: coco:FILE,FOLDER", "none");
  return files;
}

/// The folder of a file's pictures, if the list names none.
Path found_folder(const Path& file, const CocoCaptions& content) {
  constexpr std::size_t kTried = 20;
  std::string part = file.stem().string();
  if (part.starts_with("captions_")) part.erase(0, std::string_view("captions_").size());
  const Path own = file.parent_path();
  for (const Path& base : {own, own / ".."}) {
    for (const Path& folder : {base, base / "images", base / part, base / "images" / part}) {
      for (std::size_t i = 0; i < std::min(kTried, content.pictures.size()); ++i) {
        const std::string& name = content.pictures[i].file_name;
        if (stays_in_folder(name) && is_file_at(folder / name)) return folder.lexically_normal();
      }
    }
  }
  throw FileError(file, "its pictures beside it or in images/, or their folder: coco:FILE,FOLDER", "none");
}

/// A name in front of the ids for every picture folder; empty if there is only one.
std::string id_prefix(const Path& folder, const std::vector<CocoFile>& files) {
  const auto whole = [](const Path& path) {
    const Path normal = (std::filesystem::absolute(path) / "").lexically_normal();
    return normal.parent_path();
  };
  Path common = whole(folder);
  bool has_others = false;
  for (const CocoFile& one : files) {
    const Path other = whole(one.pictures.empty() ? folder : one.pictures);
    has_others = has_others || other != whole(folder);
    const auto differ = std::mismatch(common.begin(), common.end(), other.begin(), other.end());
    Path shared;
    for (auto part = common.begin(); part != differ.first; ++part) shared /= *part;
    common = shared;
  }
  const Path below = whole(folder).lexically_relative(common);
  return !has_others || below == "." ? "" : below.generic_string() + "/";
}

MainCategories categories_beside(const Path& file) {
  std::string name = file.filename().string();
  const std::size_t at = name.find("captions");
  if (at == std::string::npos) return {};
  const Path instances = file.parent_path() / name.replace(at, std::string_view("captions").size(), "instances");
  return is_file_at(instances) ? read_main_categories(instances) : MainCategories();
}

Split side_of(std::optional<Split> told, const std::string& id, bool test_is_there, bool dev_is_there) {
  if (!test_is_there && told == Split::kDev) return Split::kTest;
  const bool makes_dev = !test_is_there || !dev_is_there;
  if (told == Split::kTrain && makes_dev && split_by_hash(id) == Split::kDev) return Split::kDev;
  return *told;
}

/// `told[i]` is what the name of the file of picture i tells.
void give_file_splits(CaptionSet& set, const std::vector<std::optional<Split>>& told) {
  const std::set<std::optional<Split>> sides(told.begin(), told.end());
  if (sides.contains(std::nullopt) || sides.size() < 2) {
    for (CaptionedImage& image : set.images) image.split = split_by_hash(image.id);
    set.splits_made = true;
    set.remarks.push_back(split_remark("their names"));
    return;
  }
  const bool test_is_there = sides.contains(Split::kTest), dev_is_there = sides.contains(Split::kDev);
  for (std::size_t i = 0; i < told.size(); ++i)
    set.images[i].split = side_of(told[i], set.images[i].id, test_is_there, dev_is_there);
  std::string remark = "splits are those of the files' names";
  if (!test_is_there) remark += ", but val is test, as COCO is used";
  if (!test_is_there || !dev_is_there) remark += ", and a tenth of train, by the hash of the names, is dev";
  set.remarks.push_back(std::move(remark));
}

}  // namespace

bool names_coco_files(const std::string& text) {
  if (is_folder_at(text)) return false;
  return text.find(',') != std::string::npos || lower_case(Path(text).extension().string()) == ".json";
}

CaptionSet read_coco_files(const std::string& list, bool categories) {
  const std::vector<CocoFile> files = listed_files(list);
  CaptionSet set{.name = "coco", .images = {}, .remarks = {}};
  PictureGathering gathering;
  std::vector<std::optional<Split>> told;  // by picture
  for (const CocoFile& one : files) {
    const std::string name = one.file.filename().string();
    CocoCaptions content = read_coco_captions(one.file, gathering);
    const Path folder = one.pictures.empty() ? found_folder(one.file, content) : one.pictures;
    const std::string prefix = id_prefix(folder, files);
    const MainCategories classes = categories ? categories_beside(one.file) : MainCategories();
    for (std::size_t i = 0; i < content.pictures.size(); ++i) {
      const CocoPicture& picture = content.pictures[i];
      if (!stays_in_folder(picture.file_name)) {
        gathering.leave_out("pictures whose names lead out of the folder", name + " " + printable(picture.file_name));
        continue;
      }
      CaptionedImage image{.id = prefix + picture.file_name, .picture = {.file = folder / picture.file_name}};
      if (const auto found = classes.find(picture.id); found != classes.end()) image.label = found->second;
      content.add_to(image, i, name, gathering);
      gathering.add_picture(set, std::move(image), name);
      told.resize(set.images.size(), split_in_name(one.file.stem().string()));
    }
  }
  give_file_splits(set, told);
  if (categories) set.remarks.push_back("a picture's category is the one that covers most of it, by COCO's instances");
  gathering.finish(set, list);
  return set;
}

}  // namespace tandem
