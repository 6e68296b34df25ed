#include "tandem/parsing/csv_rows.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

constexpr char kTab = '\t';

/// A field that begins with a quote.
struct QuotedField {
  enum class End { kOpen, kFollowed, kWhole };

  End end = End::kOpen;    ///< never closed; closed with more text behind; closed before a separator or line end
  std::string text;        ///< without the quotes around, doubled ones single
  std::size_t length = 0;  ///< with the quotes and the blanks behind them
};

/// Walks over the text once; `line` is that of the next character.
struct Parser {
  std::string_view rest;
  const std::filesystem::path& path;
  char separator = ',';
  std::int64_t line = 1;

  bool is_tab_separated() const { return separator == kTab; }

  static bool is_line_end(std::string_view text) {
    return text.empty() || text.front() == '\n' || text.starts_with("\r\n");
  }

  bool at_line_end() const { return is_line_end(rest); }

  void take_line_end() {
    if (rest.starts_with("\r\n")) rest.remove_prefix(1);
    if (!rest.empty()) rest.remove_prefix(1);
    ++line;
  }

  std::string take_plain() {
    const char ends[] = {
        separator, '\n'};  // One search for both: two would read to the far end of the line or file for every field.
    std::size_t end = std::min(rest.find_first_of(std::string_view(ends, 2)), rest.size());
    if (end < rest.size() && rest[end] == '\n' && end > 0 && rest[end - 1] == '\r') --end;
    std::string field(rest.substr(0, end));
    rest.remove_prefix(end);
    return field;
  }

  QuotedField quoted_field(std::string_view text) const {
    QuotedField field;
    std::size_t at = 1;
    while (true) {
      const std::size_t quote = text.find('"', at);
      if (quote == std::string_view::npos) return field;
      field.text.append(text.substr(at, quote - at));
      at = quote + 1;
      if (!text.substr(at).starts_with('"')) break;
      field.text += '"';
      ++at;
    }
    field.length = std::min(text.find_first_not_of(is_tab_separated() ? " " : " \t", at), text.size());
    const std::string_view behind = text.substr(field.length);
    field.end =
        is_line_end(behind) || behind.front() == separator ? QuotedField::End::kWhole : QuotedField::End::kFollowed;
    return field;
  }

  std::string take(QuotedField field, std::size_t blanks) {
    line += std::count(field.text.begin(), field.text.end(), '\n');
    rest.remove_prefix(blanks + field.length);
    return std::move(field.text);
  }

  std::string take_quoted() {
    QuotedField field = quoted_field(rest);
    if (field.end == QuotedField::End::kOpen) {
      throw FileError(path, "a closing quote for the one on " + line_name(line), "the end of the file");
    }
    if (field.end == QuotedField::End::kFollowed) {
      throw FileError(path,
                      "a separator or a line end after the closing quote on " +
                          line_name(line + std::count(field.text.begin(), field.text.end(), '\n')),
                      "more text");
    }
    return take(std::move(field), 0);
  }

  /// A field whose quotes may be ordinary characters: taken as quoted if that is the only valid
  /// reading.
  std::string take_perhaps_quoted(std::size_t blanks) {
    QuotedField field = quoted_field(rest.substr(blanks));
    const std::size_t line_end = field.text.find('\n');
    const bool reaches_over_fields =
        line_end != std::string::npos && (!is_tab_separated() || field.text.find(kTab, line_end) != std::string::npos);
    if (field.end != QuotedField::End::kWhole || reaches_over_fields) return take_plain();
    return take(std::move(field), blanks);
  }

  std::string take_field() {
    if (is_tab_separated()) return rest.starts_with('"') ? take_perhaps_quoted(0) : take_plain();
    if (rest.starts_with('"')) return take_quoted();
    const std::size_t blanks = rest.find_first_not_of(" \t");
    return blanks != std::string_view::npos && rest[blanks] == '"' ? take_perhaps_quoted(blanks) : take_plain();
  }

  CsvRow take_row() {
    CsvRow row{.line = line, .fields = {}};
    while (true) {
      row.fields.push_back(take_field());
      if (at_line_end()) break;
      rest.remove_prefix(1);
    }
    take_line_end();
    return row;
  }

  /// Adds the next row. Returns false at the end of the text.
  bool take_next(std::vector<CsvRow>& rows) {
    while (!rest.empty() && at_line_end()) take_line_end();
    if (rest.empty()) return false;
    rows.push_back(take_row());
    if (rows.back().fields.size() != rows.front().fields.size())
      rows.back().fault = "rows with another number of fields than the first";
    return true;
  }
};

/// RFC 4180, section 2: a field with a separator, quote or line end goes into quotes, its own
/// quotes doubled.
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
  while (parser.take_next(rows)) {
  }
  return rows;
}

CsvBeginning first_csv_rows(std::string_view text, char separator, std::size_t count) {
  const std::filesystem::path unnamed;
  Parser parser{.rest = without_byte_order_mark(text), .path = unnamed, .separator = separator};
  CsvBeginning beginning;
  try {
    while (beginning.rows.size() < count && parser.take_next(beginning.rows)) {
    }
  } catch (const FileError&) {
    beginning.is_broken = true;
  }
  return beginning;
}

}  // namespace tandem
