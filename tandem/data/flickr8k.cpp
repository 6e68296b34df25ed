#include "tandem/data/flickr8k.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/data/caption_text.h"
#include "tandem/data/csv_rows.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kTokenFile = "Flickr8k.token.txt";
constexpr const char* kKaggleFile = "captions.txt";
constexpr std::array<std::pair<const char*, Split>, 3> kSplitFiles = {{
    {"Flickr_8k.trainImages.txt", Split::kTrain},
    {"Flickr_8k.devImages.txt", Split::kDev},
    {"Flickr_8k.testImages.txt", Split::kTest},
}};

struct CaptionRow {
  std::int64_t line = 0;
  std::string picture;
  std::string caption;
};

Path caption_file(const Path& folder) {
  for (const Path& place : {folder, folder / "Flickr8k_text"}) {
    for (const char* name : {kTokenFile, kKaggleFile}) {
      if (std::filesystem::is_regular_file(place / name)) return place / name;
    }
  }
  throw FileError(folder, "a folder with Flickr8k.token.txt or captions.txt",
                  std::filesystem::is_directory(folder) ? "neither" : "no such folder");
}

Path picture_folder(const Path& folder) {
  for (const char* name : {"Images", "Flicker8k_Dataset", "Flickr8k_Dataset"}) {
    if (std::filesystem::is_directory(folder / name)) return folder / name;
  }
  return folder;
}

std::vector<CaptionRow> read_token_rows(const Path& file) {
  const std::string bytes = read_file(file);
  std::string_view text = without_byte_order_mark(bytes);
  std::vector<CaptionRow> rows;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string_view row = take_line(text);
    if (trimmed(row).empty()) continue;
    const std::size_t tab = row.find('\t');
    const std::size_t mark = row.substr(0, tab).rfind('#');
    if (tab == std::string_view::npos || mark == std::string_view::npos ||
        trimmed(row.substr(0, mark)).empty()) {
      throw FileError(file, "\"name#k<TAB>caption\" on " + line_name(line), "another row");
    }
    rows.push_back({.line = line,
                    .picture = std::string(trimmed(row.substr(0, mark))),
                    .caption = clean_caption(row.substr(tab + 1))});
  }
  return rows;
}

std::vector<CaptionRow> read_kaggle_rows(const Path& file) {
  const std::vector<CsvRow> table = parse_csv(read_file(file), file);
  if (table.empty()) throw FileError(file, "a first row \"image,caption\"", "an empty file");
  const std::vector<std::string>& header = table.front().fields;
  if (header.size() != 2 || trimmed(header[0]) != "image" || trimmed(header[1]) != "caption") {
    throw FileError(file, "a first row \"image,caption\"", "another");
  }
  std::vector<CaptionRow> rows;
  for (auto row = table.begin() + 1; row != table.end(); ++row) {
    rows.push_back({.line = row->line,
                    .picture = std::string(trimmed(row->fields[0])),
                    .caption = clean_caption(row->fields[1])});
  }
  return rows;
}

/// Picture names lead to files; one with a slash or ".." could lead anywhere.
void check_name(const CaptionRow& row, const Path& file) {
  if (row.picture.empty() || row.picture == "." || row.picture == ".." ||
      row.picture.find('/') != std::string::npos) {
    throw FileError(file, "the name of a picture on " + line_name(row.line), "\"" + row.picture + "\"");
  }
}

/// Name -> split of every picture in a list; nothing if there is no list at all.
std::optional<std::unordered_map<std::string, Split>> read_splits(const Path& folder) {
  std::unordered_map<std::string, Split> splits;
  bool any = false;
  for (const auto& [name, split] : kSplitFiles) {
    const Path file = folder / name;
    if (!std::filesystem::exists(file)) continue;
    any = true;
    const std::string bytes = read_file(file);
    std::string_view text = without_byte_order_mark(bytes);
    while (!text.empty()) {
      const std::string picture(trimmed(take_line(text)));
      if (picture.empty()) continue;
      const auto [position, is_new] = splits.try_emplace(picture, split);
      if (!is_new && position->second != split) {
        throw FileError(file, "every picture in one list",
                        "\"" + picture + "\", which is also in the " +
                            std::string(split_name(position->second)) + " list");
      }
    }
  }
  if (!any) return std::nullopt;
  return splits;
}

struct Pictures {
  std::vector<CaptionedImage> images;
  Tally missing, blank, overlong, foreign;
};

/// Gathers the rows by picture, in the order in which the file first names them.
Pictures gather(const std::vector<CaptionRow>& rows, const Path& folder, const Path& file) {
  Pictures pictures;
  constexpr std::size_t kMissing = static_cast<std::size_t>(-1);
  std::unordered_map<std::string, std::size_t> index_of;
  for (const CaptionRow& row : rows) {
    check_name(row, file);
    const auto [position, is_new] = index_of.try_emplace(row.picture, pictures.images.size());
    if (is_new) {
      const Path path = folder / row.picture;
      if (std::filesystem::is_regular_file(path)) {
        pictures.images.push_back({.id = row.picture, .picture = {.file = path}, .split = Split::kNone, .captions = {}});
      } else {
        pictures.missing.add(row.picture);
        position->second = kMissing;
      }
    }
    if (position->second == kMissing) continue;
    if (!is_utf8(row.caption)) {
      pictures.foreign.add(line_name(row.line));
    } else if (is_blank(row.caption)) {
      pictures.blank.add(line_name(row.line));
    } else if (row.caption.size() > kLongestCaptionBytes) {
      pictures.overlong.add(line_name(row.line));
    } else {
      pictures.images[position->second].captions.push_back(row.caption);
    }
  }
  return pictures;
}

}  // namespace

CaptionSet read_flickr8k(const std::filesystem::path& folder) {
  const Path file = caption_file(folder);
  const std::vector<CaptionRow> rows =
      file.filename() == kTokenFile ? read_token_rows(file) : read_kaggle_rows(file);
  if (rows.empty()) throw FileError(file, "captions", "none");
  const Path place = picture_folder(folder);
  Pictures pictures = gather(rows, place, file);
  if (pictures.images.empty()) {
    throw FileError(
        file, "pictures that exist in " + place.string(),
        "none of the " + std::to_string(pictures.missing.count()) + " it names: " + pictures.missing.names());
  }

  CaptionSet set{.name = "flickr8k", .images = {}, .remarks = {}};
  const auto splits = read_splits(file.parent_path());
  set.splits_made = !splits;
  if (set.splits_made) set.remarks.push_back(split_remark("their names"));
  Tally unsplit, speechless;
  for (CaptionedImage& image : pictures.images) {
    if (image.captions.empty()) {
      speechless.add(image.id);
      continue;
    }
    if (splits) {
      const auto listed = splits->find(image.id);
      if (listed != splits->end()) image.split = listed->second;
      if (listed == splits->end()) unsplit.add(image.id);
    } else {
      image.split = split_by_hash(image.id);
    }
    set.images.push_back(std::move(image));
  }
  pictures.missing.defect(set.defects, "pictures that have captions but are not there");
  unsplit.remark(set.remarks, "pictures are in no split list");
  pictures.foreign.defect(set.defects, "captions that are not UTF-8");
  pictures.blank.defect(set.defects, "blank captions");
  pictures.overlong.defect(set.defects, "captions of more than " + std::to_string(kLongestCaptionBytes) + " bytes");
  speechless.defect(set.defects, "pictures without a caption");
  if (splits) {
    std::unordered_map<std::string_view, bool> present;
    for (const CaptionedImage& image : set.images) present[image.id] = true;
    std::vector<std::string> absent;
    for (const auto& [name, split] : *splits) {
      if (!present.contains(name)) absent.push_back(name);
    }
    std::sort(absent.begin(), absent.end());
    Tally listed_only;
    for (const std::string& name : absent) listed_only.add(name);
    listed_only.remark(set.remarks, "pictures of the split lists have no picture file or no caption");
  }
  check_caption_set(set, file);
  return set;
}

}  // namespace tandem
