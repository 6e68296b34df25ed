#include "tandem/parsing/caption_text.h"

#include <c10/util/Exception.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tandem {
namespace {

bool is_space_or_control(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; }

bool says_nothing(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
      return true;
    default:
      return false;
  }
}

/// Removes one code point from the front and returns it; a negative number if the bytes are not
/// UTF-8.
utf8proc_int32_t take_code_point(std::string_view& text) {
  utf8proc_int32_t code_point = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t used = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (used <= 0) return -1;
  text.remove_prefix(static_cast<std::size_t>(used));
  return code_point;
}

/// Bytes at the front that are ASCII.
std::size_t ascii_length(std::string_view text) {
  std::size_t length = 0;
  for (std::uint64_t eight = 0; length + sizeof eight <= text.size(); length += sizeof eight) {
    std::memcpy(&eight, text.data() + length, sizeof eight);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  while (length < text.size() && static_cast<unsigned char>(text[length]) < 0x80) ++length;
  return length;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(ascii_length(text));  // most captions are nothing else
    if (text.empty()) return true;
    if (take_code_point(text) < 0) return false;
  }
}

bool is_blank(std::string_view text) {
  if (const unsigned char first = text.empty() ? 0 : text.front(); first > ' ' && first < 0x7F) return false;
  while (!text.empty()) {
    const utf8proc_int32_t code_point = take_code_point(text);
    TORCH_CHECK_VALUE(code_point >= 0, "is_blank: the text must be UTF-8");
    if (!says_nothing(code_point)) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space_or_control(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space_or_control(text.back())) text.remove_suffix(1);
  return text;
}

bool is_clean_caption(std::string_view text) {
  bool after_space = true;
  for (const char c : text) {
    const bool space = is_space_or_control(c);
    if (space && (c != ' ' || after_space)) return false;
    after_space = space;
  }
  return !after_space || text.empty();
}

std::string clean_caption(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (const char c : trimmed(text)) {
    if (!is_space_or_control(c)) {
      clean += c;
    } else if (clean.back() != ' ') {
      clean += ' ';
    }
  }
  return clean;
}

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace tandem
