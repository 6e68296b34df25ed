#include "apps/terminal/usage_error.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>

namespace tandem::apps {
namespace {

/// The JSON library's number for text that is not UTF-8.
constexpr int kInvalidUtf8 = 316;

/// The text up to its first line's end.
std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

std::string on_one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// "you tried to allocate 17179869184 bytes" -> " of 17179869184 bytes"
std::string bytes_wanted(const std::string& text) {
  constexpr const char* kBefore = "tried to allocate ";
  const std::size_t at = text.find(kBefore);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + std::string_view(kBefore).size();
  const std::size_t end = text.find_first_of(".\n", begin);
  return " for another " + text.substr(begin, end - begin);
}

}  // namespace

std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = "tandem";
  for (const CLI::App* one = &app; !one->get_subcommands().empty();) {
    one = one->get_subcommands().front();
    command += " " + one->get_name();
  }
  return command + ": " + on_one_line(error.what()) + "; see '" + command + " --help'";
}

std::string unexpected_sentence(const std::exception& error, int& code) {
  const auto* torch = dynamic_cast<const c10::Error*>(&error);
  const std::string text = torch != nullptr ? torch->what_without_backtrace() : error.what();
  const bool no_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
                         dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
                         text.find("not enough memory") != std::string::npos ||
                         text.find("can't allocate memory") != std::string::npos;
  const auto* json = dynamic_cast<const nlohmann::json::type_error*>(&error);
  const bool no_utf8 = json != nullptr && json->id == kInvalidUtf8;
  code = no_memory || no_utf8 ? 2 : 1;
  if (no_utf8) return "expected paths, names and texts in UTF-8, found one that is not";
  if (no_memory)
    return "expected room in memory" + bytes_wanted(text) + ", found none; smaller widths, batches or data need less";
  return first_line(text);
}

}  // namespace tandem::apps
