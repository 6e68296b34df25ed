#include "tandem/readers/flickr_rows.h"

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {

std::vector<FlickrRow> read_token_rows(const std::filesystem::path& file, PictureGathering& gathering) {
  const std::string bytes = read_file(file);
  std::string_view text = without_byte_order_mark(bytes);
  std::vector<FlickrRow> rows;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string_view row = take_line(text);
    if (trimmed(row).empty()) continue;
    const std::size_t tab = row.find('\t');
    const std::size_t mark = row.substr(0, tab).rfind('#');
    if (tab == std::string_view::npos || mark == std::string_view::npos || trimmed(row.substr(0, mark)).empty()) {
      gathering.leave_out("rows that are not \"name#k<TAB>caption\"", line_name(line));
    } else {
      rows.push_back({.line = line,
                      .picture = std::string(trimmed(row.substr(0, mark))),
                      .caption = std::string(row.substr(tab + 1))});
    }
  }
  return rows;
}

std::vector<FlickrRow> read_kaggle_rows(const std::filesystem::path& file, PictureGathering& gathering) {
  const std::vector<CsvRow> table = parse_csv(read_file(file), file);
  if (table.empty()) throw FileError(file, "a first row \"image,caption\"", "an empty file");
  const std::vector<std::string>& header = table.front().fields;
  if (header.size() != 2 || trimmed(header[0]) != "image" || trimmed(header[1]) != "caption") {
    throw FileError(file, "a first row \"image,caption\"", "another");
  }
  std::vector<FlickrRow> rows;
  for (auto row = table.begin() + 1; row != table.end(); ++row) {
    if (!row->fault.empty()) {
      gathering.leave_out(row->fault, line_name(row->line));
    } else {
      rows.push_back({.line = row->line, .picture = std::string(trimmed(row->fields[0])), .caption = row->fields[1]});
    }
  }
  return rows;
}

std::vector<FlickrRow> read_bar_rows(const std::filesystem::path& file, PictureGathering& gathering) {
  const std::string bytes = read_file(file);
  std::string_view text = without_byte_order_mark(bytes);
  if (!take_line(text).starts_with("image_name|"))
    throw FileError(file, "a first row \"image_name| comment_number| comment\"", "another");
  std::vector<FlickrRow> rows;
  for (std::int64_t line = 2; !text.empty(); ++line) {
    const std::string_view row = take_line(text);
    if (trimmed(row).empty()) continue;
    const std::size_t first = row.find('|');
    const std::size_t second = first == std::string_view::npos ? first : row.find('|', first + 1);
    if (second == std::string_view::npos) {
      gathering.leave_out("rows that are not \"name| k| caption\"", line_name(line));
    } else {
      rows.push_back({.line = line,
                      .picture = std::string(trimmed(row.substr(0, first))),
                      .caption = std::string(row.substr(second + 1))});
    }
  }
  return rows;
}

}  // namespace tandem
