#include "tandem/parsing/spreadsheet_cell.h"

#include <algorithm>
#include <array>

namespace tandem {
namespace {

/// Also the wide forms, which some spreadsheets take for the narrow ones.
constexpr std::array<std::string_view, 11> kBegins = {"=",  "+",      "-",      "@",      "\t",    "\r",
                                                      "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

/// Ignores apostrophes at the beginning, so that a text that already has one comes back with it.
bool begins_like_formula(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('\''), text.size()));
  return std::any_of(kBegins.begin(), kBegins.end(), [&](std::string_view begin) { return text.starts_with(begin); });
}

}  // namespace

std::string spreadsheet_cell(std::string_view text) {
  return (begins_like_formula(text) ? "'" : "") + std::string(text);
}

std::string text_of_cell(std::string_view cell) {
  if (cell.starts_with('\'') && begins_like_formula(cell)) cell.remove_prefix(1);
  return std::string(cell);
}

}  // namespace tandem
