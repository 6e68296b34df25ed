// What counts as a caption: valid UTF-8 that says something.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tandem/base/printable.h"

namespace tandem {

/// A caption longer than this is no caption: a whole document got into the field.
inline constexpr std::size_t kLongestCaptionBytes = 65536;

/// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// Nothing but white space, control and format characters.
/// Throws c10::ValueError if it comes upon bytes that are not UTF-8 before it knows.
bool is_blank(std::string_view text);

/// Without ASCII white space and control characters at both ends.
std::string_view trimmed(std::string_view text);

/// Trimmed; each run of ASCII white space and control characters inside becomes one space.
std::string clean_caption(std::string_view text);

/// Whether clean_caption would leave it as it is.
bool is_clean_caption(std::string_view text);

/// Takes a byte order mark off the front.
std::string_view without_byte_order_mark(std::string_view text);

/// The first line without its end ("\n", "\r\n"); `text` is left with what follows.
std::string_view take_line(std::string_view& text);

/// ASCII letters in lower case; other bytes as they are.
std::string lower_case(std::string_view text);

}  // namespace tandem
