#include "tandem/parsing/csv_rows.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

/// Walks over the text once; `line` is that of the next character.
struct Parser {
  std::string_view rest;
  const std::filesystem::path& path;
  char separator = ',';
  std::int64_t line = 1;

  bool at_line_end() const { return rest.empty() || rest.front() == '\n' || rest.starts_with("\r\n"); }

  void take_line_end() {
    if (rest.starts_with("\r\n")) rest.remove_prefix(1);
    if (!rest.empty()) rest.remove_prefix(1);
    ++line;
  }

  std::string take_plain() {
    const char ends[] = {separator, '\n'};  // One search for both: two would read to the far end of the line or file at every field.
    std::size_t end = std::min(rest.find_first_of(std::string_view(ends, 2)), rest.size());
    if (end < rest.size() && rest[end] == '\n' && end > 0 && rest[end - 1] == '\r') --end;
    std::string field(rest.substr(0, end));
    rest.remove_prefix(end);
    return field;
  }

  std::string take_quoted() {
    const std::int64_t opened = line;
    std::string field;
    rest.remove_prefix(1);
    while (true) {
      const std::size_t quote = rest.find('"');
      if (quote == std::string_view::npos) {
        throw FileError(path, "a closing quote for the one on " + line_name(opened), "the end of the file");
      }
      field.append(rest.substr(0, quote));
      line += std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(quote), '\n');
      rest.remove_prefix(quote + 1);
      if (!rest.starts_with('"')) break;
      field += '"';
      rest.remove_prefix(1);
    }
    if (!at_line_end() && rest.front() != separator) {
      throw FileError(path, "a separator or a line end after the closing quote on " + line_name(line),
                      "more text");
    }
    return field;
  }

  CsvRow take_row() {
    CsvRow row{.line = line, .fields = {}};
    while (true) {
      row.fields.push_back(rest.starts_with('"') ? take_quoted() : take_plain());
      if (at_line_end()) break;
      rest.remove_prefix(1);
    }
    take_line_end();
    return row;
  }
};

/// RFC 4180, section 2: a field with a separator, quote or line end goes into quotes, its own quotes doubled.
std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

}  // namespace

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (&field == &fields.front() ? "" : ",") + quoted(field);
  return line + "\n";
}

std::string line_name(std::int64_t line) { return "line " + std::to_string(line); }

std::vector<CsvRow> parse_csv(std::string_view text, const std::filesystem::path& path, char separator) {
  Parser parser{.rest = without_byte_order_mark(text), .path = path, .separator = separator};
  std::vector<CsvRow> rows;
  while (!parser.rest.empty()) {
    if (parser.at_line_end()) {
      parser.take_line_end();
      continue;
    }
    rows.push_back(parser.take_row());
    if (rows.back().fields.size() != rows.front().fields.size()) rows.back().fault = "rows with another number of fields than the first";
  }
  return rows;
}

}  // namespace tandem
