// Comma-separated values (RFC 4180), also with another separator: text -> rows of fields, each row
// with the line it starts on; and the reverse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

struct CsvRow {
  std::int64_t line = 0;  ///< counted from 1; a row with a quoted field may span several lines
  std::vector<std::string> fields;
  std::string fault =
      {};  ///< why the row cannot be used, in the plural: "rows with another number of fields than the first"
};

/// Splits the text into rows of fields. A field in double quotes may hold separators, line ends and
/// doubled quotes. Blanks around the quotes are dropped. If quotes follow blanks and do not close
/// on their line, they are ordinary characters. Lines end in "\n" or "\r\n"; empty lines are
/// skipped; a byte order mark is dropped. A row whose number of fields differs from the first row's
/// has that as its fault. Fields may hold any bytes.
///
/// Tab-separated files rarely use quotes. In them a field is quoted only if it begins with a quote
/// and the closing quote stands right before a tab or line end. It may span several lines only if
/// the further lines hold no tab. All other quotes are ordinary characters.
///
/// Throws FileError naming `path` and the line if a quote is never closed or text follows a closing
/// quote (never if the separator is a tab).
std::vector<CsvRow> parse_csv(std::string_view text, const std::filesystem::path& path, char separator = ',');

/// The first records of a text that may be separated by something else.
struct CsvBeginning {
  std::vector<CsvRow> rows;
  bool is_broken = false;  ///< parse_csv would throw behind these rows
};

/// At most `count` rows, as parse_csv reads them. Never throws.
CsvBeginning first_csv_rows(std::string_view text, char separator, std::size_t count);

/// The fields as one line that parse_csv reads back: comma-separated, quoted only if necessary,
/// with "\n" at the end.
std::string csv_line(const std::vector<std::string>& fields);

/// The line for messages: "line 12".
std::string line_name(std::int64_t line);

}  // namespace tandem
