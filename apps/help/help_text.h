// The layout of help: paragraphs, two columns and example lines of at most 100 columns.
#pragma once

#include <string>
#include <vector>

namespace tandem::apps {

inline constexpr std::size_t kHelpColumns = 100;

/// The words of the text in lines of at most `columns`. A longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t columns);

/// "  LEFT      the words of RIGHT, wrapped beside it": a line of two columns, with a line's end.
///
///   right_begins  the column where RIGHT begins; a longer LEFT has a line of its own
std::string two_columns(const std::string& left, const std::string& right, std::size_t right_begins);

/// The text with paragraphs wrapped anew. Lines that begin with spaces stay lines: a command that is
/// too long goes on after a backslash, and a comment ("  # ...") that is too long goes above its
/// command. Ends in a line's end.
std::string laid_out(const std::string& text);

}  // namespace tandem::apps
