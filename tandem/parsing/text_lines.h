// The lines of a text, one item each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

struct TextLines {
  std::vector<std::string> texts;     ///< without line ends; blank lines are left out
  std::vector<std::int64_t> numbers;  ///< of each text's line, from 1
  std::int64_t blank = 0;             ///< number of blank lines
};

/// The lines of a text in UTF-8. Line ends are "\n" or "\r\n"; a byte order mark at the beginning is
/// left out.
///
///   name  of the text, for messages: a file, or "standard input"
///
/// Throws FileError naming the line if one is not UTF-8.
TextLines text_lines(std::string_view text, const std::string& name);

}  // namespace tandem
