#include "apps/terminal/terminal_line.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>

#include "tandem/base/joined_text.h"

namespace tandem::apps {
namespace {

struct ShownCharacter {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

ShownCharacter first_character(std::string_view text) {
  utf8proc_int32_t codepoint = 0;
  const utf8proc_ssize_t bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                  static_cast<utf8proc_ssize_t>(text.size()), &codepoint);
  if (bytes <= 0) return {};
  return {.bytes = static_cast<std::size_t>(bytes),
          .columns = static_cast<std::size_t>(std::max(0, utf8proc_charwidth(codepoint)))};
}

std::string joined_parts(const std::vector<LinePart>& parts) {
  return joined_text(parts, "  ", [](const LinePart& part) { return part.text; });
}

}  // namespace

std::size_t line_columns() {
  constexpr std::size_t kUsual = 80;
  if (::isatty(STDERR_FILENO) != 1) return kAnyWidth;
  winsize size = {};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return std::max<std::size_t>(known ? size.ws_col : kUsual, 2) - 1;
}

std::size_t shown_columns(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const ShownCharacter one = first_character(text);
    columns += one.columns;
    text.remove_prefix(one.bytes);
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t columns) {
  std::size_t taken = 0, bytes = 0;
  while (bytes < text.size()) {
    const ShownCharacter one = first_character(text.substr(bytes));
    if (one.columns > columns - taken) break;
    taken += one.columns;
    bytes += one.bytes;
  }
  return std::string(text.substr(0, bytes));
}

std::string fitted_line(std::vector<LinePart> parts, std::size_t columns) {
  const auto less_needed = [](const LinePart& a, const LinePart& b) { return a.order < b.order; };
  std::string line = joined_parts(parts);
  while (shown_columns(line) > columns) {
    const auto least = std::max_element(parts.begin(), parts.end(), less_needed);
    if (least == parts.end() || least->order == 0) break;
    parts.erase(least);
    line = joined_parts(parts);
  }
  return cut_to_columns(line, columns);
}

}  // namespace tandem::apps
