// Lines that fit a terminal: its width, the columns that characters take, and what to leave out of
// a line that is too long.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::apps {

inline constexpr std::size_t kAnyWidth = std::numeric_limits<std::size_t>::max();

/// The number of columns that a line on standard error may take: one less than the terminal has,
/// because a full line would move to the next one. Asks the terminal at every call, so it follows a
/// window whose size changes. 79 if the terminal does not know its width; kAnyWidth if standard
/// error is not a terminal.
std::size_t line_columns();

/// The columns that the UTF-8 text takes on a terminal: two for wide characters, none for those
/// that combine with the one before. A byte that is not UTF-8 counts as one.
std::size_t shown_columns(std::string_view text);

/// The longest beginning of the text that takes at most `columns`; no character is cut in two.
std::string cut_to_columns(std::string_view text, std::size_t columns);

/// A part of a line.
struct LinePart {
  std::string text;
  int order = 0;  ///< 0: always there; of the others the highest is left out first
};

/// The parts with two spaces between them, without as many parts as it takes to fit `columns`, and
/// cut if the parts that are always there do not fit.
std::string fitted_line(std::vector<LinePart> parts, std::size_t columns);

}  // namespace tandem::apps
