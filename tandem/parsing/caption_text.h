// What counts as a caption: valid UTF-8 that is not blank.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tandem/base/printable.h"

namespace tandem {

/// A longer text is not a caption; probably a whole document got into the field.
inline constexpr std::size_t kLongestCaptionBytes = 65536;

/// Whether the text is strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// Whether the text has nothing but white space, control and format characters. Throws
/// c10::ValueError if bytes that are not UTF-8 come before the first other character.
bool is_blank(std::string_view text);

/// The text without ASCII white space and control characters at both ends.
std::string_view trimmed(std::string_view text);

/// The text trimmed, with each run of ASCII white space and control characters inside replaced by
/// one space.
std::string clean_caption(std::string_view text);

/// Whether clean_caption would return the text unchanged.
bool is_clean_caption(std::string_view text);

/// The text without a byte order mark at its beginning.
std::string_view without_byte_order_mark(std::string_view text);

/// Returns the first line without its end ("\n", "\r\n"); `text` becomes what follows.
std::string_view take_line(std::string_view& text);

/// The text with ASCII letters in lower case; other bytes are unchanged.
std::string lower_case(std::string_view text);

}  // namespace tandem
