#include "tandem/readers/folder_data.h"

#include <algorithm>
#include <array>
#include <optional>
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
#include "tandem/readers/folder_files.h"
#include "tandem/readers/skipped_files.h"
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

/// The picture's text file, or an empty path. Names in capital letters have endings in capital letters.
Path caption_file(const Path& picture) {
  for (const char* ending : {".txt", ".TXT"}) {
    const Path captions = Path(picture).replace_extension(ending);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(captions, ignored)) return captions;
  }
  return {};
}

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

/// Counts what is in the folder beside the pictures of the set and the metadata.
void note_files_without_row(CaptionSet& set, const Path& folder) {
  PictureGathering gathering, links;
  SkippedFiles skipped;
  std::unordered_set<std::string> listed;
  for (const CaptionedImage& image : set.images) listed.insert(image.picture.file.lexically_normal().string());
  const FolderFiles files = files_below(folder, links);
  for (const Path& file : files.pictures) {
    if (!listed.contains(file.lexically_normal().string()))
      gathering.note("pictures without a usable row in the metadata",
                     printable(file.lexically_relative(folder).generic_string()));
  }
  for (const Path& file : files.others) {
    const std::string name = file.filename().string();
    if (name != "metadata.csv" && name != "metadata.jsonl") skipped.add(file.lexically_relative(folder));
  }
  skipped.count(gathering);
  gathering.finish(set, folder);
}

}  // namespace

CaptionSet read_folder(const Path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw FileError(folder, "a folder of pictures", std::filesystem::exists(folder) ? "a file" : "no such folder");
  CaptionSet set{.name = "folder", .images = {}, .remarks = {}};
  PictureGathering gathering;
  SkippedFiles skipped;
  bool any_split = false;
  const FolderFiles files = files_below(folder, gathering);
  std::unordered_set<std::string> read;
  for (const Path& file : files.pictures) {
    const Path relative = file.lexically_relative(folder);
    const Path captions = caption_file(file);
    if (!captions.empty()) read.insert(captions.string());
    CaptionedImage image{.id = relative.generic_string(), .picture = {.file = file}};
    const std::optional<Split> split = split_of_folder(relative);
    any_split = any_split || split.has_value();
    image.split = split.value_or(Split::kNone);
    if (!captions.empty()) {
      const std::string bytes = read_file(captions);
      std::string_view text = without_byte_order_mark(bytes);
      for (std::int64_t line = 1; !text.empty(); ++line) {
        const std::string caption(trimmed(take_line(text)));
        if (!caption.empty())
          gathering.add_caption(image, caption, captions.lexically_relative(folder).string() + " " + line_name(line));
      }
    }
    gathering.add_picture(set, std::move(image));
  }
  for (const Path& file : files.others) {
    if (!read.contains(file.string())) skipped.add(file.lexically_relative(folder));
  }
  skipped.count(gathering);
  if (!any_split) {
    for (CaptionedImage& image : set.images) image.split = split_by_hash(image.id);
    set.remarks.push_back(split_remark("their names"));
    set.splits_made = true;
  }
  gathering.finish(set, folder);
  return set;
}

CaptionSet read_pictures(const Path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw FileError(folder, "a folder of pictures", std::filesystem::exists(folder) ? "a file" : "no such folder");
  CaptionSet set{.name = "pictures", .images = {}, .remarks = {"pictures without captions, for search"}};
  PictureGathering gathering;
  gathering.accept_bare_pictures();
  SkippedFiles skipped;
  const FolderFiles files = files_below(folder, gathering);
  for (const Path& file : files.pictures)
    gathering.add_picture(set, {.id = file.lexically_relative(folder).generic_string(), .picture = {.file = file}});
  for (const Path& file : files.others) skipped.add(file.lexically_relative(folder));
  skipped.count(gathering);
  gathering.finish(set, folder);
  return set;
}

CaptionSet read_picture_list(const Path& file) {
  CaptionSet set{.name = "pictures", .images = {}, .remarks = {"pictures without captions, for search"}};
  PictureGathering gathering(file.filename().string());
  gathering.accept_bare_pictures();
  const std::string bytes = read_file(file);
  std::string_view text = without_byte_order_mark(bytes);
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string name(take_line(text));
    if (trimmed(name).empty()) continue;
    if (!is_utf8(name)) throw FileError(file, "paths in UTF-8", "other bytes in " + line_name(line));
    gathering.add_picture(set, {.id = name, .picture = {.file = file.parent_path() / name}}, line_name(line));
  }
  gathering.finish(set, file);
  return set;
}

bool is_folder(const Path& folder) {
  const auto any_captioned = [](const Path& place) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place, error), end; !error && entry != end; entry.increment(error)) {
      if (has_picture_ending(entry->path()) && !caption_file(entry->path()).empty()) return true;
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
  note_files_without_row(set, folder);
  return set;
}

}  // namespace tandem
