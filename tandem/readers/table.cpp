#include "tandem/readers/table.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/table_rows.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

const char* format_name(TableFormat format) {
  if (format == TableFormat::kCsv) return "csv";
  if (format == TableFormat::kJson) return "json";
  return format == TableFormat::kTsv ? "tsv" : "jsonl";
}

/// The field of an optional column, without white space at its ends; empty if it is not UTF-8.
std::string field_of(const CsvRow& row, const std::optional<std::size_t>& column) {
  const std::string_view text = column ? trimmed(row.fields[*column]) : std::string_view();
  return is_utf8(text) ? std::string(text) : std::string();
}

Split split_of(std::string_view field, const std::string& place, const Path& file) {
  const std::string_view word = trimmed(field);
  if (word.empty()) return Split::kNone;
  if (const auto split = split_named(lower_case(word))) return *split;
  throw FileError(file, "train, dev, val, test or none as the split on " + place, "\"" + printable(word) + "\"");
}

/// The fault of a row's picture, by its normalised path ("a/./b" is "a/b"); empty if there is none.
std::string_view fault_of_path(const Path& path) {
  if (path.empty() || path == ".") return "rows without a picture";
  if (*path.begin() == ".." || path.native().find('\0') != std::string::npos)
    return "rows whose picture is outside the folder of the file";
  return "";
}

void check_same_split(const CaptionedImage& image, Split split, const std::string& place, const Path& file) {
  if (image.split == split) return;
  throw FileError(
      file, "one split for \"" + printable(image.id) + "\"",
      std::string(split_name(image.split)) + " above " + place + " and " + std::string(split_name(split)) + " there");
}

/// The texts of a field that is a JSON list of texts; nothing if it is anything else.
std::optional<std::vector<std::string>> listed_captions(std::string_view field) {
  field = trimmed(field);
  if (!field.starts_with('[') || !field.ends_with(']')) return std::nullopt;
  const auto list = json_in(field);
  if (!list || !list->is_array() || list->empty()) return std::nullopt;
  std::vector<std::string> captions;
  for (const Json& one : *list) {
    if (!one.is_string()) return std::nullopt;
    captions.push_back(one.get<std::string>());
  }
  return captions;
}

/// Whether every row has a JSON list of texts in this column, or nothing.
bool holds_lists(const std::vector<CsvRow>& rows, std::size_t column) {
  bool any = false;
  for (const CsvRow& row : rows) {
    if (!row.fault.empty() || trimmed(row.fields[column]).empty()) continue;
    if (!listed_captions(row.fields[column])) return false;
    any = true;
  }
  return any;
}

/// Adds a row's captions to its picture.
class RowCaptions {
 public:
  RowCaptions(const TableRows& table, PictureGathering& gathering) : gathering_(gathering) {
    for (const std::size_t column : table.columns.captions)
      columns_.emplace_back(column, table.is_separated && holds_lists(table.rows, column));
  }

  void add(CsvRow& row, CaptionedImage& picture, const std::string& place) {
    bool any = false;
    for (const auto& [column, is_list] : columns_) {
      std::string& field = row.fields[column];
      const bool is_empty = trimmed(field).empty();
      if (is_empty && columns_.size() > 1) continue;
      any = true;
      if (!is_list || is_empty) {
        gathering_.add_caption(picture, std::move(field), place);
        continue;
      }
      auto listed = *listed_captions(field);
      for (std::string& caption : listed) gathering_.add_caption(picture, std::move(caption), place);
    }
    if (!any) gathering_.leave_out("rows without a caption", place);
  }

  bool has_lists() const {
    return std::any_of(columns_.begin(), columns_.end(), [](const auto& column) { return column.second; });
  }

 private:
  PictureGathering& gathering_;
  std::vector<std::pair<std::size_t, bool>> columns_;  ///< and whether its fields are JSON lists of texts
};

}  // namespace

std::optional<TableFormat> table_format(const std::filesystem::path& file) {
  const std::string ending = lower_case(file.extension().string());
  if (ending == ".csv") return TableFormat::kCsv;
  if (ending == ".tsv") return TableFormat::kTsv;
  if (ending == ".jsonl" || ending == ".ndjson") return TableFormat::kJsonl;
  return std::nullopt;
}

CaptionSet read_table(const Path& file, TableFormat format, const TableOptions& options) {
  TableRows table = read_table_rows(file, format, options);
  const TableColumns& columns = table.columns;
  const Path folder = options.pictures.empty() ? file.parent_path() : options.pictures;
  CaptionSet set{.name = format_name(format), .images = {}, .remarks = std::move(table.remarks)};
  PictureGathering gathering(file.filename().string());
  RowCaptions captions(table, gathering);
  std::vector<CaptionedImage> pictures;
  std::vector<std::string> first_places;
  std::unordered_map<std::string, std::size_t> index_of;
  Tally unsplit;
  for (CsvRow& row : table.rows) {
    const std::string place = table.place(row);
    const Path path = row.fault.empty() ? Path(trimmed(row.fields[columns.image])).lexically_normal() : Path();
    if (const std::string_view fault = row.fault.empty() ? fault_of_path(path) : row.fault; !fault.empty()) {
      gathering.leave_out(fault, place);
      continue;
    }
    const std::string name = path.generic_string();
    const std::string given = field_of(row, columns.id);
    const std::string id = given.empty() ? name : given;
    const Split split =
        columns.split ? split_of(row.fields[*columns.split], place, file) : options.split.value_or(split_by_hash(id));
    const auto [position, is_new] = index_of.try_emplace(name, pictures.size());
    if (is_new) {
      pictures.push_back({.id = id,
                          .picture = {.file = folder / path},
                          .split = split,
                          .captions = {},
                          .label = field_of(row, columns.label)});
      first_places.push_back(place);
      if (split == Split::kNone) unsplit.add(printable(id));
    }
    CaptionedImage& picture = pictures[position->second];
    check_same_split(picture, split, place, file);
    captions.add(row, picture, place);
  }
  for (std::size_t i = 0; i < pictures.size(); ++i) gathering.add_picture(set, std::move(pictures[i]), first_places[i]);
  if (captions.has_lists()) set.remarks.push_back("captions are JSON lists of texts: each text is one caption");
  set.splits_made = !columns.split && !options.split;
  if (set.splits_made) set.remarks.push_back(split_remark("their paths"));
  unsplit.remark(set.remarks, "pictures are in no split");
  gathering.finish(set, file);
  return set;
}

}  // namespace tandem
