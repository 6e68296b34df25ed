#include "tandem/base/printable.h"

#include <cstdint>

namespace tandem {
namespace {

/// One character at the front of a text: its bytes and its number, or a single byte that is not
/// UTF-8.
struct Character {
  std::size_t bytes = 1;
  char32_t number = 0;
  bool is_utf8 = false;
};

/// Bytes of the character that begins with this one, which is not ASCII.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead >= 0xF0) return 4;
  return lead >= 0xE0 ? 3 : 2;
}

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {.bytes = 1, .number = lead, .is_utf8 = true};
  const std::size_t length = sequence_length(lead);
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {.number = lead};
  char32_t number = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {.number = lead};
    number = number << 6 | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && number < 0x800) || (length == 4 && number < 0x10000);
  const bool none = overlong || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF);
  return none ? Character{.number = lead} : Character{.bytes = length, .number = number, .is_utf8 = true};
}

/// Marks of Unicode that change the direction of what follows, end lines, or are not seen at all.
bool hides_or_turns(char32_t number) {
  return number == 0x061C || (number >= 0x200B && number <= 0x200F && number != 0x200C && number != 0x200D) ||
         (number >= 0x2028 && number <= 0x202E) || (number >= 0x2066 && number <= 0x2069) || number == 0xFEFF;
}

std::string escaped(char32_t number, int digits, char letter) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string text{'\\', letter};
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += kDigits[number >> shift & 0xFU];
  return text;
}

std::string shown(std::string_view bytes, const Character& character) {
  const char32_t number = character.number;
  if (!character.is_utf8) return escaped(number, 2, 'x');
  if (number == '\n') return "\\n";
  if (number == '\t') return "\\t";
  if (number == '\r') return "\\r";
  if (number < 0x20 || number == 0x7F) return escaped(number, 2, 'x');
  if ((number >= 0x80 && number < 0xA0) || hides_or_turns(number)) return escaped(number, 4, 'u');
  return std::string(bytes);
}

/// Calls take(shown, begin, end) for every character in turn, with the columns it fills; returns
/// how many there are.
template <typename Take>
std::size_t for_each_shown(std::string_view text, const Take& take) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string piece = shown(text.substr(0, character.bytes), character);
    const bool as_it_was = character.is_utf8 && piece.size() == character.bytes;
    const std::size_t end = width + (as_it_was ? 1 : piece.size());
    take(piece, width, end);
    width = end;
    text.remove_prefix(character.bytes);
  }
  return width;
}

/// Keeps the first `head` and the last `tail` columns, with the number of characters between them;
/// most - head - tail hold its words.
std::string cut(std::string_view text, std::size_t most, std::size_t head, std::size_t tail) {
  const std::size_t width = for_each_shown(text, [](const std::string&, std::size_t, std::size_t) {});
  std::string first, last;
  std::size_t dropped = 0;
  for_each_shown(text, [&](const std::string& piece, std::size_t begin, std::size_t end) {
    if (width <= most || end <= head) {
      first += piece;
    } else if (width - begin <= tail) {
      last += piece;
    } else {
      ++dropped;
    }
  });
  if (dropped == 0) return first + last;
  return first + "... (" + std::to_string(dropped) + " more characters)" + (tail > 0 ? " ..." : "") + last;
}

constexpr std::size_t kRoomForWords = 48;

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  return cut(text, most, most > kRoomForWords ? most - kRoomForWords : 0, 0);
}

std::string printable_sentence(std::string_view text, std::size_t most) {
  const std::size_t tail = most / 4;
  return cut(text, most, most > tail + kRoomForWords ? most - tail - kRoomForWords : 0, tail);
}

}  // namespace tandem
