#include "tandem/readers/flickr.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/readers/flickr_rows.h"
#include "tandem/readers/karpathy.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

enum class Rows { kToken, kKaggle, kBars, kKarpathy };

struct FlickrLayout {
  const char* name;
  std::vector<std::pair<const char*, Rows>> captions;
  std::vector<const char*> pictures;
  std::vector<std::pair<const char*, Split>> lists;
};

const FlickrLayout& flickr_layout(FlickrKind kind) {
  static const FlickrLayout eight{"flickr8k",
                                  {{"Flickr8k.token.txt", Rows::kToken},
                                   {"captions.txt", Rows::kKaggle},
                                   {"dataset_flickr8k.json", Rows::kKarpathy}},
                                  {"Images", "Flicker8k_Dataset", "Flickr8k_Dataset", "images"},
                                  {{"Flickr_8k.trainImages.txt", Split::kTrain},
                                   {"Flickr_8k.devImages.txt", Split::kDev},
                                   {"Flickr_8k.testImages.txt", Split::kTest}}};
  static const FlickrLayout thirty{
      "flickr30k",
      {{"results_20130124.token", Rows::kToken},
       {"results.csv", Rows::kBars},
       {"dataset_flickr30k.json", Rows::kKarpathy}},
      {"flickr30k_images", "flickr30k-images", "Images", "images"},
      {{"train.txt", Split::kTrain}, {"val.txt", Split::kDev}, {"test.txt", Split::kTest}}};
  return kind == FlickrKind::kEight ? eight : thirty;
}

bool is_regular_file_at(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

/// What was found where a folder with captions was needed, for a message.
std::string found_in_place(const Path& path) {
  if (std::filesystem::is_directory(path)) return "none of them";
  return is_regular_file_at(path) ? "another file" : "no such folder";
}

std::pair<Path, Rows> caption_file(const Path& path, const FlickrLayout& layout) {
  for (const auto& [name, rows] : layout.captions) {
    if (is_regular_file_at(path) && path.filename() == name) return {path, rows};
  }
  for (const Path& place : {path, path / "Flickr8k_text", path / "flickr30k_images"}) {
    for (const auto& [name, rows] : layout.captions) {
      if (is_regular_file_at(place / name)) return {place / name, rows};
    }
  }
  std::string names;
  for (std::size_t i = 0; i < layout.captions.size(); ++i) {
    if (i > 0) names += i + 1 == layout.captions.size() ? " or " : ", ";
    names += layout.captions[i].first;
  }
  throw FileError(path, "a folder with " + names, found_in_place(path));
}

/// The folder of the pictures, in the data's folder or, if the captions are in Flickr8k_text/,
/// beside that.
Path picture_folder(const Path& folder, const FlickrLayout& layout) {
  const Path root = folder.filename() == "Flickr8k_text" ? folder.parent_path() : folder;
  for (const char* name : layout.pictures) {
    std::error_code ignored;
    if (std::filesystem::is_directory(root / name, ignored)) return root / name;
  }
  return root;
}

/// Name -> split of every picture in a list; nothing if there is no list at all.
using SplitLists = std::optional<std::unordered_map<std::string, Split>>;

SplitLists read_lists(const Path& folder, const FlickrLayout& layout) {
  std::unordered_map<std::string, Split> splits;
  bool any = false;
  for (const auto& [name, split] : layout.lists) {
    const Path file = folder / name;
    if (!is_regular_file_at(file)) continue;
    any = true;
    const std::string bytes = read_file(file);
    std::string_view text = without_byte_order_mark(bytes);
    while (!text.empty()) {
      std::string picture(trimmed(take_line(text)));
      if (picture.empty()) continue;
      if (picture.find('.') == std::string::npos) picture += ".jpg";
      const auto [position, is_new] = splits.try_emplace(picture, split);
      if (!is_new && position->second != split) {
        throw FileError(file, "every picture in one list",
                        "\"" + printable(picture) + "\", which is also in the " +
                            std::string(split_name(position->second)) + " list");
      }
    }
  }
  if (!any) return std::nullopt;
  return splits;
}

/// Gathers the rows by picture, in the order in which the file first names them.
void add_pictures(std::vector<FlickrRow> rows, const Path& folder, PictureGathering& gathering, CaptionSet& set) {
  std::vector<CaptionedImage> images;
  std::vector<std::int64_t> first_lines;
  std::unordered_map<std::string, std::size_t> index_of;
  for (FlickrRow& row : rows) {
    if (!stays_in_folder(row.picture)) {
      gathering.leave_out("rows whose picture is outside the folder", line_name(row.line));
      continue;
    }
    const auto [position, is_new] = index_of.try_emplace(row.picture, images.size());
    if (is_new) {
      images.push_back({.id = row.picture, .picture = {.file = folder / row.picture}, .captions = {}});
      first_lines.push_back(row.line);
    }
    gathering.add_caption(images[position->second], std::move(row.caption), line_name(row.line));
  }
  for (std::size_t i = 0; i < images.size(); ++i)
    gathering.add_picture(set, std::move(images[i]), line_name(first_lines[i]));
}

void give_splits(CaptionSet& set, const SplitLists& lists) {
  set.splits_made = !lists;
  if (!lists) {
    for (CaptionedImage& image : set.images) image.split = split_by_hash(image.id);
    set.remarks.push_back(split_remark("their names"));
    return;
  }
  Tally unsplit, listed_only;
  std::unordered_set<std::string_view> present;
  for (CaptionedImage& image : set.images) {
    present.insert(image.id);
    const auto listed = lists->find(image.id);
    if (listed != lists->end()) image.split = listed->second;
    if (listed == lists->end()) unsplit.add(image.id);
  }
  std::vector<std::string> absent;
  for (const auto& [name, split] : *lists) {
    if (!present.contains(name)) absent.push_back(printable(name));
  }
  std::sort(absent.begin(), absent.end());
  for (const std::string& name : absent) listed_only.add(name);
  unsplit.remark(set.remarks, "pictures are in no split list");
  listed_only.remark(set.remarks, "pictures of the split lists have no picture file or no caption");
}

std::vector<FlickrRow> read_rows(const Path& file, Rows kind, PictureGathering& gathering) {
  if (kind == Rows::kToken) return read_token_rows(file, gathering);
  return kind == Rows::kKaggle ? read_kaggle_rows(file, gathering) : read_bar_rows(file, gathering);
}

}  // namespace

bool is_flickr(const Path& folder, FlickrKind kind) {
  const FlickrLayout& layout = flickr_layout(kind);
  return std::any_of(layout.captions.begin(), layout.captions.end(),
                     [&](const auto& one) { return is_regular_file_at(folder / one.first); }) ||
         is_regular_file_at(folder / "Flickr8k_text" / layout.captions.front().first) ||
         (kind == FlickrKind::kThirty &&
          is_regular_file_at(folder / "flickr30k_images" / "results.csv"));  // as Kaggle's archive unpacks
}

CaptionSet read_flickr(const Path& path, FlickrKind kind) {
  const FlickrLayout& layout = flickr_layout(kind);
  const auto [file, rows_kind] = caption_file(path, layout);
  const Path pictures = picture_folder(file.parent_path(), layout);
  CaptionSet set{.name = layout.name, .images = {}, .remarks = {}};
  if (rows_kind == Rows::kKarpathy) {
    read_karpathy(file, [&](const std::string& filepath) { return pictures / filepath; }, set);
    return set;
  }
  PictureGathering gathering(file.filename().string());
  add_pictures(read_rows(file, rows_kind, gathering), pictures, gathering, set);
  give_splits(set, read_lists(file.parent_path(), layout));
  gathering.finish(set, file);
  return set;
}

}  // namespace tandem
