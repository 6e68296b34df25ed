// Makes text from outside (names, captions, bytes of files) safe to show on a terminal or in a
// sentence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tandem {

inline constexpr std::size_t kLongestShownName = 200;      ///< characters of a name, an id, a word
inline constexpr std::size_t kLongestShownCaption = 1000;  ///< characters of a caption or a remark

/// The text with everything written out that could control a terminal or hide in a line: control
/// characters as \n or \x1B, characters that change the direction of writing or separate lines as
/// \u202E, bytes that are not UTF-8 as \xE9. A text that would be longer than `most` characters is
/// cut: its first characters stay, and the number of the others follows. Applying it twice gives
/// the same as once.
std::string printable(std::string_view text, std::size_t most = kLongestShownName);

/// The same for a sentence that contains names: a sentence that is too long keeps its beginning and
/// its end.
std::string printable_sentence(std::string_view text, std::size_t most = kLongestShownCaption);

}  // namespace tandem
