// Text for tables that people open in spreadsheets. Spreadsheets execute text that begins like a
// formula ("CSV injection").
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// The text as a cell that no spreadsheet takes for a formula. A text that begins with = + - @
/// (also in their wide forms), a tab or a line end, with or without apostrophes before it, gets an
/// apostrophe in front. Any other text is unchanged.
std::string spreadsheet_cell(std::string_view text);

/// The text that spreadsheet_cell made this cell from.
std::string text_of_cell(std::string_view cell);

}  // namespace tandem
