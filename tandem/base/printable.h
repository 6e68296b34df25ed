// What others wrote (names, captions, bytes of files), made safe to show on a terminal or in a
// sentence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tandem {

inline constexpr std::size_t kLongestShownName = 200;      ///< characters of a name, an id, a word
inline constexpr std::size_t kLongestShownCaption = 1000;  ///< characters of a caption or a remark

/// The text with everything that could steer a terminal or hide in a line written out: control
/// characters as \n or \x1B, marks that change the direction of writing and separators of lines as
/// \u202E, bytes that are not UTF-8 as \xE9. Of a text that would be longer than `most` characters
/// the first ones, and the number of the others. Twice is the same as once.
std::string printable(std::string_view text, std::size_t most = kLongestShownName);

/// The same for a sentence with names in it: of one that is too long its beginning and its end
/// stay.
std::string printable_sentence(std::string_view text, std::size_t most = kLongestShownCaption);

}  // namespace tandem
