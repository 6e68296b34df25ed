// UTF-8 <-> code points.
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// The code points of `text`. Invalid UTF-8 becomes U+FFFD, one for each maximal part of a
/// sequence, as the Unicode standard recommends (chapter 3.9) and Python's errors="replace" does.
std::u32string decode_utf8(std::string_view text);

/// Appends one code point to a UTF-8 string.
void append_utf8(std::string& text, char32_t code_point);

std::string encode_utf8(std::u32string_view code_points);

}  // namespace tandem
