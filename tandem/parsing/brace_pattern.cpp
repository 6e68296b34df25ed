#include "tandem/parsing/brace_pattern.h"

#include <algorithm>
#include <charconv>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr std::size_t kMostDigits = 12;

/// The number, if the text consists of one to twelve digits.
std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string padded(std::size_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

std::vector<std::string> choices(std::string_view inside, const std::string& pattern, std::size_t most) {
  std::vector<std::string> names;
  if (const std::size_t dots = inside.find(".."); dots != std::string_view::npos) {
    const auto first = whole_number(inside.substr(0, dots));
    const auto last = whole_number(inside.substr(dots + 2));
    if (!first || !last || *last < *first) {
      throw FileError(pattern, "a range of numbers that counts up, as {0000..0012}", "{" + std::string(inside) + "}");
    }
    if (*last - *first >= most)
      throw FileError(pattern, "at most " + std::to_string(most) + " files", std::to_string(*last - *first + 1));
    for (std::size_t number = *first; number <= *last; ++number) names.push_back(padded(number, dots));
    return names;
  }
  if (inside.find(',') == std::string_view::npos)
    throw FileError(pattern, "{0000..0012} or {a,b} in braces", "{" + std::string(inside) + "}");
  for (std::size_t begin = 0;;) {
    const std::size_t comma = inside.find(',', begin);
    names.emplace_back(inside.substr(begin, comma == std::string_view::npos ? comma : comma - begin));
    if (comma == std::string_view::npos) return names;
    begin = comma + 1;
  }
}

}  // namespace

std::vector<std::string> expand_braces(const std::string& pattern, std::size_t most) {
  std::vector<std::string> names{""};
  for (std::size_t begin = 0;;) {
    const std::size_t open = pattern.find('{', begin);
    for (std::string& name : names) name += pattern.substr(begin, open == std::string::npos ? open : open - begin);
    if (open == std::string::npos) return names;
    const std::size_t close = pattern.find('}', open);
    if (close == std::string::npos) throw FileError(pattern, "a } for every {", "none");
    const auto parts = choices(std::string_view(pattern).substr(open + 1, close - open - 1), pattern, most);
    if (names.size() > most / parts.size())
      throw FileError(pattern, "at most " + std::to_string(most) + " files", "more");
    std::vector<std::string> longer;
    for (const std::string& name : names) {
      for (const std::string& part : parts) longer.push_back(name + part);
    }
    names = std::move(longer);
    begin = close + 1;
  }
}

std::string OpenPattern::name(std::size_t number) const { return before + padded(first + number, digits) + after; }

std::optional<OpenPattern> open_pattern(std::string_view pattern) {
  const std::size_t open = pattern.find('{');
  const std::size_t close = pattern.find('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 4 ||
      pattern.find('{', open + 1) != std::string_view::npos)
    return std::nullopt;
  const std::string_view inside = pattern.substr(open + 1, close - open - 1);
  if (!inside.ends_with("..")) return std::nullopt;
  const auto first = whole_number(inside.substr(0, inside.size() - 2));
  if (!first) return std::nullopt;
  return OpenPattern{.before = std::string(pattern.substr(0, open)),
                     .after = std::string(pattern.substr(close + 1)),
                     .digits = inside.size() - 2,
                     .first = *first};
}

}  // namespace tandem
