#include "tandem/readers/folder_data.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/readers/table.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::array<std::pair<std::string_view, Split>, 6> kSplitFolders = {{{"train", Split::kTrain},
                                                                              {"validation", Split::kDev},
                                                                              {"valid", Split::kDev},
                                                                              {"val", Split::kDev},
                                                                              {"dev", Split::kDev},
                                                                              {"test", Split::kTest}}};

std::optional<Split> split_of_folder(const Path& relative) {
  const std::string first = relative.begin() == relative.end() ? "" : relative.begin()->string();
  for (const auto& [name, split] : kSplitFolders) {
    if (first == name && relative.has_parent_path()) return split;
  }
  return std::nullopt;
}

/// The same for a folder anywhere in the path; the outermost counts.
std::optional<Split> split_of_any_folder(const Path& relative) {
  for (const Path& part : relative.parent_path()) {
    if (const auto split = split_of_folder(part / "picture")) return split;
  }
  return std::nullopt;
}

/// As Hugging Face's `datasets` does for a metadata file beside folders named like splits: pictures
/// in such a folder, at any depth, are in its split, all others in no split. Without such a folder
/// the set is unchanged.
void take_sides_of_folders(CaptionSet& set, const Path& folder) {
  std::vector<std::optional<Split>> splits;
  for (const CaptionedImage& image : set.images)
    splits.push_back(split_of_any_folder(image.picture.file.lexically_relative(folder)));
  if (std::none_of(splits.begin(), splits.end(), [](const auto& split) { return split.has_value(); })) return;
  Tally unsplit;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    set.images[i].split = splits[i].value_or(Split::kNone);
    if (!splits[i]) unsplit.add(printable(set.images[i].id));
  }
  set.splits_made = false;
  replace_split_remark(set, "splits are those of the folders");
  unsplit.remark(set.remarks, "pictures are in no split");
}

bool is_picture(const Path& file) {
  const std::string ending = lower_case(file.extension().string());
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png" || ending == ".webp" || ending == ".svg";
}

/// Finds the pictures under a folder. Links to folders are followed, but no folder is read twice,
/// so that circles end.
class PictureListing {
 public:
  PictureListing(const Path& root, PictureGathering& gathering) : root_(root), gathering_(gathering) {}

  /// In the order of the names.
  std::vector<Path> run() {
    read(root_);
    while (!links_.empty()) {  // After the folders themselves, so that a picture has its name without links.
      const std::vector<Path> links = std::exchange(links_, {});
      for (const Path& link : links) read(link);
    }
    std::sort(pictures_.begin(), pictures_.end());
    return std::move(pictures_);
  }

 private:
  void leave_out(const char* what, const Path& path) {
    gathering_.leave_out(what, printable(path.lexically_relative(root_).generic_string()));
  }

  void read(const Path& folder) {
    std::error_code error;
    const Path real = std::filesystem::canonical(folder, error);
    if (!error && !read_.insert(real.string()).second)
      return leave_out("links to folders that are read already", folder);
    std::vector<std::filesystem::directory_entry> entries;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      entries.push_back(*entry);
    if (error) return leave_out("folders that may not be entered", folder);
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) add(entry);
  }

  void add(const std::filesystem::directory_entry& entry) {
    std::error_code gone;
    if (entry.is_directory(gone)) {
      if (entry.is_symlink(gone)) {
        links_.push_back(entry.path());
      } else {
        read(entry.path());
      }
    } else if (is_picture(entry.path()) && entry.is_regular_file(gone)) {
      pictures_.push_back(entry.path());
    } else if (entry.is_symlink(gone) && !entry.exists(gone)) {
      leave_out("links that lead nowhere", entry.path());
    }
  }

  const Path& root_;
  PictureGathering& gathering_;
  std::unordered_set<std::string> read_;  ///< real paths
  std::vector<Path> links_, pictures_;
};

/// Folders named 00000, 00001, ..., as img2dataset makes them.
std::vector<Path> numbered_folders(const Path& folder) {
  std::vector<Path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const std::string name = entry->path().filename().string();
    if (name.size() >= 5 && name.find_first_not_of("0123456789") == std::string::npos && entry->is_directory(gone))
      found.push_back(entry->path());
  }
  return found;
}

Path metadata_in(const Path& folder) {
  for (const char* name : {"metadata.csv", "metadata.jsonl"}) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(folder / name, ignored)) return folder / name;
  }
  return {};
}

}  // namespace

CaptionSet read_folder(const Path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw FileError(folder, "a folder of pictures", std::filesystem::exists(folder) ? "a file" : "no such folder");
  CaptionSet set{.name = "folder", .images = {}, .remarks = {}};
  PictureGathering gathering;
  bool any_split = false;
  for (const Path& file : PictureListing(folder, gathering).run()) {
    const Path relative = file.lexically_relative(folder);
    const Path captions = Path(file).replace_extension(".txt");
    CaptionedImage image{.id = relative.generic_string(), .picture = {.file = file}};
    const std::optional<Split> split = split_of_folder(relative);
    any_split = any_split || split.has_value();
    image.split = split.value_or(Split::kNone);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(captions, ignored)) {
      const std::string bytes = read_file(captions);
      std::string_view text = without_byte_order_mark(bytes);
      for (std::int64_t line = 1; !text.empty(); ++line) {
        const std::string caption(trimmed(take_line(text)));
        if (!caption.empty())
          gathering.add_caption(image, caption,
                                Path(relative).replace_extension(".txt").string() + " " + line_name(line));
      }
    }
    gathering.add_picture(set, std::move(image));
  }
  if (!any_split) {
    for (CaptionedImage& image : set.images) image.split = split_by_hash(image.id);
    set.remarks.push_back(split_remark("their names"));
    set.splits_made = true;
  }
  gathering.finish(set, folder);
  return set;
}

bool is_folder(const Path& folder) {
  const auto any_captioned = [](const Path& place) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code gone;
      if (is_picture(entry->path()) &&
          std::filesystem::is_regular_file(Path(entry->path()).replace_extension(".txt"), gone))
        return true;
    }
    return false;
  };
  if (any_captioned(folder)) return true;
  if (std::any_of(kSplitFolders.begin(), kSplitFolders.end(),
                  [&](const auto& one) { return any_captioned(folder / one.first); }))
    return true;
  const std::vector<Path> numbered = numbered_folders(folder);
  return std::any_of(numbered.begin(), numbered.end(), any_captioned);
}

bool is_imagefolder(const Path& folder) {
  return !metadata_in(folder).empty() || std::any_of(kSplitFolders.begin(), kSplitFolders.end(), [&](const auto& one) {
    return !metadata_in(folder / one.first).empty();
  });
}

CaptionSet read_imagefolder(const Path& folder, const TableOptions& options) {
  CaptionSet set{.name = "imagefolder", .images = {}, .remarks = {}};
  const auto add = [&](const Path& metadata, const std::string& prefix, std::optional<Split> split) {
    TableOptions own = options;
    own.split = split;
    own.pictures.clear();
    CaptionSet part = read_table(metadata, *table_format(metadata), own);
    for (CaptionedImage& image : part.images) {
      image.id = prefix + image.id;
      set.images.push_back(std::move(image));
    }
    for (Defect& defect : part.defects) {
      defect.file = prefix + defect.file;
      set.defects.push_back(std::move(defect));
    }
    set.remarks.insert(set.remarks.end(), part.remarks.begin(), part.remarks.end());
    set.splits_made = set.splits_made || part.splits_made;
  };
  bool found = false;
  for (const auto& [name, split] : kSplitFolders) {
    const Path metadata = metadata_in(folder / name);
    if (metadata.empty()) continue;
    found = true;
    add(metadata, std::string(name) + "/", split);
  }
  if (const Path metadata = metadata_in(folder); !found && !metadata.empty()) {
    found = true;
    add(metadata, "", std::nullopt);
    if (set.splits_made) take_sides_of_folders(set, folder);
  }
  if (!found) {
    throw FileError(folder, "metadata.csv or metadata.jsonl, itself or in train/, validation/ and test/",
                    std::filesystem::is_directory(folder) ? "neither" : "no such folder");
  }
  check_caption_set(set, folder);
  return set;
}

}  // namespace tandem
