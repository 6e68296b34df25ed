// Comma-separated values (RFC 4180): text -> rows of fields, each row with the line it starts on.
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
};

/// Fields are parted by commas; one in double quotes may hold commas, line ends and doubled quotes. Lines
/// end in "\n" or "\r\n"; empty ones are skipped; a byte order mark is dropped.
/// Throws FileError naming `path` and the line if a quote is never closed, text follows a closing quote,
/// the text is not UTF-8, or a row has another number of fields than the first.
std::vector<CsvRow> parse_csv(std::string_view text, const std::filesystem::path& path);

/// "line 12".
std::string line_name(std::int64_t line);

}  // namespace tandem
