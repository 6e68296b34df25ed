// What tests ask of an SVG file's text.
#pragma once

#include <regex>
#include <string>

namespace tandem::tests {

inline std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The drawing without the numbers that cairo gives its parts, which count on from one figure of a
/// process to the next.
inline std::string without_numbers(const std::string& svg) {
  static const std::regex kNumber(
      "\\b(surface|glyph|clip|image|mask|pattern|linear|radial|source|group)-?[0-9]+(-[0-9]+)?");
  return std::regex_replace(svg, kNumber, "$1");
}

/// The same without what it is coloured with.
inline std::string without_colours(const std::string& svg) {
  static const std::regex kColour("rgb\\([^)]*\\)");
  return std::regex_replace(without_numbers(svg), kColour, "rgb()");
}

/// Whether `words` is one of the texts drawn; as the file has it, so escaped.
inline bool has_words(const std::string& svg, const std::string& words) {
  return svg.find("\n" + words + "\n") != std::string::npos;
}

}  // namespace tandem::tests
