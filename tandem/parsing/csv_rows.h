// Comma-separated values (RFC 4180), or with another separator: text -> rows of fields, each row
// with the line it starts on; and back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

struct CsvRow {
  std::int64_t line = 0;  ///< counted from 1; a quoted field may reach over several
  std::vector<std::string> fields;
  std::string fault =
      {};  ///< why the row cannot be used, in the plural: "rows with another number of fields than the first"
};

/// Fields are parted by the separator; one in double quotes may hold separators, line ends and
/// doubled quotes. Blanks around the quotes are dropped; quotes behind blanks that do not close on
/// their line are characters. Lines end in "\n" or "\r\n"; empty ones are skipped; a byte order
/// mark is dropped. A row with another number of fields than the first has that as its fault.
/// Fields may hold any bytes. Between tabs most people quote nothing. There a field is in quotes if
/// it begins with one and the closing one stands right before a tab or line end; over several lines
/// only if the further ones hold no tab. All other quotes are characters.
/// Throws FileError naming `path` and the line if a quote is never closed or text follows a closing
/// quote (never between tabs).
std::vector<CsvRow> parse_csv(std::string_view text, const std::filesystem::path& path, char separator = ',');

/// The fields as a line that parse_csv reads back: quoted where they must be, with "\n" at the end.
std::string csv_line(const std::vector<std::string>& fields);

/// "line 12".
std::string line_name(std::int64_t line);

}  // namespace tandem
