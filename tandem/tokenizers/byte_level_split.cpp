#include "tandem/tokenizers/byte_level_split.h"

#include <cstddef>

#include "tandem/tokenizers/bert_unicode.h"
#include "tandem/tokenizers/code_point_ranges.h"

namespace tandem {
namespace {

#include "tandem/tokenizers/byte_level_tables.inc"

enum class Kind { kSpace, kLetter, kNumber, kOther };

Kind kind_of(char32_t c) {
  if (c < 0x80) {
    if ((c | 0x20) >= U'a' && (c | 0x20) <= U'z') return Kind::kLetter;
    if (c >= U'0' && c <= U'9') return Kind::kNumber;
    return c == U' ' || (c >= 0x9 && c <= 0xD) ? Kind::kSpace : Kind::kOther;
  }
  if (find_range(kLetters, c) != nullptr) return Kind::kLetter;
  if (find_range(kNumbers, c) != nullptr) return Kind::kNumber;
  return is_white_to_bert(c) ? Kind::kSpace : Kind::kOther;
}

/// The length of the contraction at the text's beginning; 0 if there is none.
std::size_t contraction_length(std::u32string_view text) {
  if (!text.starts_with(U'\'')) return 0;
  for (const std::u32string_view ending : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
    if (text.starts_with(ending)) return ending.size();
  }
  return 0;
}

/// The number of letters between <| and |> if the text begins with one of CLIP's end tokens; 0 if
/// it does not.
std::size_t inside_of_end(std::u32string_view text) {
  for (const std::u32string_view token : {U"<|startoftext|>", U"<|endoftext|>"}) {
    if (text.starts_with(token)) return token.size() - 4;
  }
  return 0;
}

/// The first position from `i` on that is not of this kind.
std::size_t end_of_run(std::u32string_view text, std::size_t i, Kind kind) {
  while (i < text.size() && kind_of(text[i]) == kind) ++i;
  return i;
}

/// The end of GPT-2's word that begins at `i`.
std::size_t end_of_gpt2_word(std::u32string_view text, std::size_t i) {
  if (const std::size_t length = contraction_length(text.substr(i)); length > 0) return i + length;
  const std::size_t first = text[i] == U' ' && i + 1 < text.size() ? i + 1 : i;
  if (const Kind kind = kind_of(text[first]); kind != Kind::kSpace) return end_of_run(text, first, kind);
  const std::size_t end = end_of_run(text, i, Kind::kSpace);
  // The last space before a word is left to the word.
  return end < text.size() && end > i + 1 ? end - 1 : end;
}

}  // namespace

std::vector<std::u32string_view> split_as_gpt2(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_gpt2_word(text, i);
    words.push_back(text.substr(i, end - i));
    i = end;
  }
  return words;
}

std::vector<std::u32string_view> split_as_clip(std::u32string_view text, bool ends_apart) {
  std::vector<std::u32string_view> words;
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t inside = ends_apart ? inside_of_end(text.substr(i)) : 0; inside > 0) {
      for (const std::size_t length : {std::size_t{2}, inside, std::size_t{2}}) {
        words.push_back(text.substr(i, length));
        i += length;
      }
      continue;
    }
    const Kind kind = kind_of(text[i]);
    std::size_t end = i + 1;
    if (const std::size_t length = contraction_length(text.substr(i)); length > 0) {
      end = i + length;
    } else if (kind != Kind::kNumber) {
      end = end_of_run(text, i, kind);
    }
    if (kind != Kind::kSpace) words.push_back(text.substr(i, end - i));
    i = end;
  }
  return words;
}

}  // namespace tandem
