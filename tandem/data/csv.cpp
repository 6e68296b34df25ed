#include "tandem/data/csv.h"

#include <array>
#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

#include "tandem/base/errors.h"
#include "tandem/data/caption_text.h"
#include "tandem/data/csv_rows.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// The column that has one of these names, if there is one.
std::optional<std::size_t> find_column(const CsvRow& header, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      if (lower_case(trimmed(header.fields[i])) == name) return i;
    }
  }
  return std::nullopt;
}

struct Columns {
  std::size_t image = 0;
  std::size_t caption = 0;
  std::optional<std::size_t> split;
};

Columns find_columns(const CsvRow& header, const Path& file) {
  std::string found;
  for (const std::string& field : header.fields)
    found += (found.empty() ? "\"" : ", \"") + clean_caption(field) + "\"";
  const auto image = find_column(header, {"image", "filename", "file", "path", "filepath"});
  if (!image)
    throw FileError(file, "a first row that names a column \"image\" (or filename, file, path, filepath)",
                    found);
  const auto caption = find_column(header, {"caption", "text", "title"});
  if (!caption) throw FileError(file, "a first row that names a column \"caption\" (or text, title)", found);
  return {.image = *image, .caption = *caption, .split = find_column(header, {"split"})};
}

/// The picture's path as written, made plain ("a/./b" is "a/b").
std::string picture_id(const CsvRow& row, std::size_t column, const Path& file) {
  const Path path = Path(trimmed(row.fields[column])).lexically_normal();
  if (path.empty() || path == ".")
    throw FileError(file, "a picture on " + line_name(row.line), "an empty field");
  if (*path.begin() == "..") {
    throw FileError(file, "pictures in the folder of the file",
                    "\"" + path.string() + "\" on " + line_name(row.line));
  }
  return path.generic_string();
}

Split split_of(const CsvRow& row, std::size_t column, const Path& file) {
  const std::string_view word = trimmed(row.fields[column]);
  if (word.empty()) return Split::kNone;
  if (const auto split = split_named(lower_case(word))) return *split;
  throw FileError(file, "train, dev, val, test or none as the split on " + line_name(row.line),
                  "\"" + std::string(word) + "\"");
}

/// A picture as the rows tell of it, whether or not it is there.
struct Listed {
  CaptionedImage image;
  std::int64_t line = 0;  ///< its first row
};

void check_same_split(const Listed& listed, Split split, std::int64_t line, const Path& file) {
  if (listed.image.split == split) return;
  throw FileError(file, "one split for \"" + listed.image.id + "\"",
                  std::string(split_name(listed.image.split)) + " on " + line_name(listed.line) + " and " +
                      std::string(split_name(split)) + " on " + line_name(line));
}

}  // namespace

CaptionSet read_csv(const std::filesystem::path& file) {
  const std::vector<CsvRow> rows = parse_csv(read_file(file), file);
  if (rows.empty())
    throw FileError(file, "a CSV file with a first row that names its columns", "an empty file");
  const Columns columns = find_columns(rows.front(), file);
  if (rows.size() == 1) throw FileError(file, "rows under the names of the columns", "none");

  std::vector<Listed> pictures;
  std::unordered_map<std::string, std::size_t> index_of;
  Tally blank, overlong, unsplit;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const std::string id = picture_id(*row, columns.image, file);
    const Split split = columns.split ? split_of(*row, *columns.split, file) : split_by_hash(id);
    const auto [position, is_new] = index_of.try_emplace(id, pictures.size());
    if (is_new) {
      pictures.push_back(
          {.image = {.id = id, .picture = {.file = file.parent_path() / id}, .split = split, .captions = {}},
           .line = row->line});
      if (split == Split::kNone) unsplit.add(id);
    }
    Listed& listed = pictures[position->second];
    check_same_split(listed, split, row->line, file);
    std::string caption = clean_caption(row->fields[columns.caption]);
    if (is_blank(caption)) {
      blank.add(line_name(row->line));
    } else if (caption.size() > kLongestCaptionBytes) {
      overlong.add(line_name(row->line));
    } else {
      listed.image.captions.push_back(std::move(caption));
    }
  }

  CaptionSet set{.name = "csv", .images = {}, .remarks = {}};
  Tally missing, speechless;
  for (Listed& listed : pictures) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(listed.image.picture.file, ignored)) {
      missing.add(listed.image.id);
    } else if (listed.image.captions.empty()) {
      speechless.add(listed.image.id);
    } else {
      set.images.push_back(std::move(listed.image));
    }
  }
  const auto listed_count = static_cast<std::int64_t>(pictures.size());
  if (missing.count() == listed_count) {
    throw FileError(file, "pictures that exist",
                    "none of the " + std::to_string(listed_count) + " it names: " + missing.names());
  }
  set.splits_made = !columns.split;
  if (set.splits_made) set.remarks.push_back(split_remark("their paths"));
  unsplit.remark(set.remarks, "pictures are in no split");
  missing.defect(set.defects, "pictures that are not there");
  blank.defect(set.defects, "blank captions");
  overlong.defect(set.defects, "captions of more than " + std::to_string(kLongestCaptionBytes) + " bytes");
  speechless.defect(set.defects, "pictures without a caption");
  check_caption_set(set, file);
  return set;
}

}  // namespace tandem
