#include "tandem/readers/table.h"

#include <array>
#include <unordered_map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/jsonl_rows.h"
#include "tandem/parsing/table_columns.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

std::vector<CsvRow> parse_rows(const Path& file, TableFormat format) {
  const std::string bytes = read_file(file);
  if (format == TableFormat::kJsonl) return parse_jsonl(bytes);
  return parse_csv(bytes, file, format == TableFormat::kTsv ? '\t' : ',');
}

const char* format_name(TableFormat format) {
  if (format == TableFormat::kCsv) return "csv";
  return format == TableFormat::kTsv ? "tsv" : "jsonl";
}

struct Columns {
  std::size_t image = 0;
  std::size_t caption = 0;
  std::optional<std::size_t> split, id, label;
};

/// The field of an optional column, without white space at its ends; empty if it is not UTF-8.
std::string field_of(const CsvRow& row, const std::optional<std::size_t>& column) {
  const std::string_view text = column ? trimmed(row.fields[*column]) : std::string_view();
  return is_utf8(text) ? std::string(text) : std::string();
}

Columns find_columns(const CsvRow& header, const Path& file) {
  std::string found;
  for (const std::string& field : header.fields)
    found += (found.empty() ? "\"" : ", \"") + printable(clean_caption(field)) + "\"";
  if (found.empty()) found = "none";
  const auto image = find_column(header.fields, kPictureColumns);
  if (!image) throw FileError(file, "a column \"image\" (or filename, file_name, file, path, filepath)", found);
  const auto caption = find_column(header.fields, kCaptionColumns);
  if (!caption) throw FileError(file, "a column \"caption\" (or captions, text, title)", found);
  constexpr std::array<std::string_view, 2> kLabelColumns = {"label", "class"};
  constexpr std::array<std::string_view, 1> kSplitColumns = {"split"};
  constexpr std::array<std::string_view, 1> kIdColumns = {"image_id"};
  return {.image = *image,
          .caption = *caption,
          .split = find_column(header.fields, kSplitColumns),
          .id = find_column(header.fields, kIdColumns),
          .label = find_column(header.fields, kLabelColumns)};
}

Split split_of(const CsvRow& row, std::size_t column, const Path& file) {
  const std::string_view word = trimmed(row.fields[column]);
  if (word.empty()) return Split::kNone;
  if (const auto split = split_named(lower_case(word))) return *split;
  throw FileError(file, "train, dev, val, test or none as the split on " + line_name(row.line),
                  "\"" + printable(word) + "\"");
}

/// The fault of a row's picture, by its normalised path ("a/./b" is "a/b"); empty if there is none.
std::string_view fault_of_path(const Path& path) {
  if (path.empty() || path == ".") return "rows without a picture";
  if (*path.begin() == ".." || path.native().find('\0') != std::string::npos)
    return "rows whose picture is outside the folder of the file";
  return "";
}

void check_same_split(const CaptionedImage& image, Split split, std::int64_t line, const Path& file) {
  if (image.split == split) return;
  throw FileError(file, "one split for \"" + printable(image.id) + "\"",
                  std::string(split_name(image.split)) + " above " + line_name(line) + " and " +
                      std::string(split_name(split)) + " there");
}

}  // namespace

std::optional<TableFormat> table_format(const std::filesystem::path& file) {
  const std::string ending = lower_case(file.extension().string());
  if (ending == ".csv") return TableFormat::kCsv;
  if (ending == ".tsv") return TableFormat::kTsv;
  if (ending == ".jsonl" || ending == ".ndjson") return TableFormat::kJsonl;
  return std::nullopt;
}

CaptionSet read_table(const std::filesystem::path& file, TableFormat format, std::optional<Split> all_split) {
  std::vector<CsvRow> rows = parse_rows(file, format);
  if (rows.empty() || (rows.size() == 1 && format == TableFormat::kJsonl))
    throw FileError(file, "a table that names its columns", "an empty file");
  const Columns columns = find_columns(rows.front(), file);
  if (rows.size() == 1) throw FileError(file, "rows under the names of the columns", "none");

  CaptionSet set{.name = format_name(format), .images = {}, .remarks = {}};
  PictureGathering gathering(file.filename().string());
  std::vector<CaptionedImage> pictures;
  std::vector<std::int64_t> first_lines;
  std::unordered_map<std::string, std::size_t> index_of;
  Tally unsplit;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const std::string where = line_name(row->line);
    if (!row->fault.empty()) {
      gathering.leave_out(row->fault, where);
      continue;
    }
    const Path path = Path(trimmed(row->fields[columns.image])).lexically_normal();
    if (const std::string_view fault = fault_of_path(path); !fault.empty()) {
      gathering.leave_out(fault, where);
      continue;
    }
    const std::string name = path.generic_string();
    const std::string given = field_of(*row, columns.id);
    const std::string id = given.empty() ? name : given;
    const Split split = columns.split ? split_of(*row, *columns.split, file) : all_split.value_or(split_by_hash(id));
    const auto [position, is_new] = index_of.try_emplace(name, pictures.size());
    if (is_new) {
      pictures.push_back({.id = id,
                          .picture = {.file = file.parent_path() / path},
                          .split = split,
                          .captions = {},
                          .label = field_of(*row, columns.label)});
      first_lines.push_back(row->line);
      if (split == Split::kNone) unsplit.add(printable(id));
    }
    CaptionedImage& picture = pictures[position->second];
    check_same_split(picture, split, row->line, file);
    gathering.add_caption(picture, std::move(row->fields[columns.caption]), where);
  }
  for (std::size_t i = 0; i < pictures.size(); ++i)
    gathering.add_picture(set, std::move(pictures[i]), line_name(first_lines[i]));
  set.splits_made = !columns.split && !all_split;
  if (set.splits_made) set.remarks.push_back(split_remark("their paths"));
  unsplit.remark(set.remarks, "pictures are in no split");
  gathering.finish(set, file);
  return set;
}

}  // namespace tandem
