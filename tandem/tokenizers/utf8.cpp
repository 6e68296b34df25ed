#include "tandem/tokenizers/utf8.h"

#include <cstddef>
#include <cstdint>

namespace tandem {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// What a lead byte determines: the number of following bytes, and the range of the first of them.
/// The range excludes overlong forms, surrogates and code points past U+10FFFF.
struct Sequence {
  int following = -1;
  std::uint8_t lowest = 0x80;
  std::uint8_t highest = 0xBF;
};

Sequence announced_by(std::uint8_t lead) {
  if (lead < 0x80) return {.following = 0};
  if (lead >= 0xC2 && lead <= 0xDF) return {.following = 1};
  if (lead == 0xE0) return {.following = 2, .lowest = 0xA0};
  if (lead == 0xED) return {.following = 2, .highest = 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {.following = 2};
  if (lead == 0xF0) return {.following = 3, .lowest = 0x90};
  if (lead >= 0xF1 && lead <= 0xF3) return {.following = 3};
  if (lead == 0xF4) return {.following = 3, .highest = 0x8F};
  return {};
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string code_points;
  code_points.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i++]);
    const Sequence sequence = announced_by(lead);
    char32_t code_point = sequence.following <= 0 ? lead : lead & (0x3FU >> sequence.following);
    int missing = sequence.following;
    for (; missing > 0 && i < text.size(); --missing, ++i) {
      const auto byte = static_cast<std::uint8_t>(text[i]);
      const bool first = missing == sequence.following;
      if (byte < (first ? sequence.lowest : 0x80) || byte > (first ? sequence.highest : 0xBF)) break;
      code_point = code_point << 6 | (byte & 0x3FU);
    }
    code_points.push_back(missing == 0 ? code_point : kReplacement);
  }
  return code_points;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto append = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0 | code_point >> 6);
    append(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    append(0xE0 | code_point >> 12);
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  } else {
    append(0xF0 | code_point >> 18);
    append(0x80 | (code_point >> 12 & 0x3F));
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  }
}

std::string encode_utf8(std::u32string_view code_points) {
  std::string text;
  text.reserve(code_points.size());
  for (const char32_t code_point : code_points) append_utf8(text, code_point);
  return text;
}

}  // namespace tandem
