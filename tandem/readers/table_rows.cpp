#include "tandem/readers/table_rows.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/images/picture_format.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_list_rows.h"
#include "tandem/parsing/jsonl_rows.h"
#include "tandem/parsing/table_separator.h"
#include "tandem/readers/columnar_data.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

bool is_json(TableFormat format) { return format == TableFormat::kJsonl || format == TableFormat::kJson; }

std::vector<CsvRow> json_table_rows(const Path& file, std::string_view bytes, TableFormat format,
                                    const ColumnChoice& choice, TableRows& table) {
  const bool is_list = begins_json_list(bytes);
  if (!is_list && format == TableFormat::kJson && !is_json_lines(bytes)) {
    throw FileError(file, R"(a list of objects, [{"image": "a.jpg", "caption": "a dog"}, ...])",
                    trimmed(without_byte_order_mark(bytes)).starts_with('{')
                        ? "one object (files of COCO's form are read by coco:FILE,PICTURES)"
                        : "something else");
  }
  table.unit = is_list ? "item" : "line";
  return is_list ? parse_json_list(bytes, file, choice) : parse_jsonl(bytes, choice);
}

/// Whether a field names a picture: an existing file below the folder, or a name that ends like one.
bool names_picture(std::string_view field, const Path& folder) {
  const Path picture(trimmed(field));
  std::error_code ignored;
  return has_picture_ending(picture) || std::filesystem::is_regular_file(folder / picture, ignored);
}

std::string_view separator_word(char separator) {
  if (separator == '\t') return "tabs";
  return separator == ';' ? "semicolons" : "bars";
}

std::vector<CsvRow> separated_rows(const Path& file, std::string_view bytes, TableFormat format,
                                   const TableOptions& options, const Path& folder, TableRows& table) {
  table.unit = "line";
  table.is_separated = true;
  char separator = '\t';
  if (!options.delimiter.empty()) {
    separator = separator_named(options.delimiter);
  } else if (format == TableFormat::kCsv) {
    separator = table_separator(bytes, options.columns, file,
                                [&](const std::string& field) { return names_picture(field, folder); });
    if (separator != ',')
      table.remarks.push_back("the columns are separated by " + std::string(separator_word(separator)));
  }
  return parse_csv(bytes, file, separator);
}

/// Whether the first row is one of data.
bool is_without_names(const CsvRow& first, const TableOptions& options, const Path& folder) {
  if (names_picture_column(first.fields, options.columns)) return false;
  const auto column = numbered_picture_column(first.fields.size(), options.columns);
  if (!column || first.fields.size() < 2) return false;
  return names_picture(first.fields[*column], folder);
}

std::string columns_in_words(const TableRows& table) {
  std::string words;
  for (const std::size_t column : table.columns.captions) {
    words += words.empty() ? "" : ", ";
    words += table.header.empty() ? std::to_string(column + 1) : "\"" + printable(table.header[column]) + "\"";
  }
  return words;
}

}  // namespace

bool is_json_lines(std::string_view text) {
  text = without_byte_order_mark(text);
  std::string_view first;
  while (first.empty() && !text.empty()) first = trimmed(take_line(text));
  const auto object = json_in(first);
  return object && object->is_object() && !trimmed(text).empty();
}

TableRows read_table_rows(const Path& file, TableFormat format, const TableOptions& options) {
  refuse_columnar_data(file);
  const std::string bytes = read_file(file);
  const Path folder = options.pictures.empty() ? file.parent_path() : options.pictures;
  TableRows table;
  std::vector<CsvRow> rows = is_json(format) ? json_table_rows(file, bytes, format, options.columns, table)
                                             : separated_rows(file, bytes, format, options, folder, table);
  if (rows.empty() || (rows.size() == 1 && is_json(format)))
    throw FileError(file, "a table that names its columns", "an empty file");
  if (!is_json(format) && is_without_names(rows.front(), options, folder)) {
    table.columns = find_numbered_columns(rows.front().fields, options.columns, file);
    table.remarks.push_back("the first row names no columns: pictures are in column " +
                            std::to_string(table.columns.image + 1) + ", captions in column " +
                            columns_in_words(table));
  } else {
    table.columns = find_table_columns(rows.front().fields, options.columns, file);
    table.header = std::move(rows.front().fields);
    rows.erase(rows.begin());
    if (rows.empty()) throw FileError(file, "rows under the names of the columns", "none");
    if (table.columns.captions.size() > 1)
      table.remarks.push_back("captions are in the columns " + columns_in_words(table));
  }
  table.rows = std::move(rows);
  return table;
}

}  // namespace tandem
