// Text in tables that people open in spreadsheets, which run what begins like a formula ("CSV
// injection").
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// The text as a cell that no spreadsheet takes for a formula: one that begins with = + - @, a tab
/// or a line end, also behind apostrophes, gets an apostrophe in front; any other is as it was.
std::string spreadsheet_cell(std::string_view text);

/// What spreadsheet_cell made the cell from.
std::string text_of_cell(std::string_view cell);

}  // namespace tandem
