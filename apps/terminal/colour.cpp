#include "apps/terminal/colour.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace tandem::apps {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

std::string styled_text(const std::string& text, const char* style, int file) {
  return has_colours(file) ? std::string("\033[") + style + "m" + text + "\033[0m" : text;
}

}  // namespace

bool has_colours(int file) {
  const std::string_view terminal = environment("TERM");
  return ::isatty(file) == 1 && environment("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb";
}

std::string bold(const std::string& text, int file) { return styled_text(text, "1", file); }

std::string red(const std::string& text, int file) { return styled_text(text, "1;31", file); }

}  // namespace tandem::apps
