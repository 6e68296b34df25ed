#include "tandem/tokenizers/bert_unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "tandem/tokenizers/code_point_ranges.h"

namespace tandem {
namespace {

struct CombiningRange {
  char32_t first;
  char32_t last;
  std::uint8_t combining_class;
};

/// lower case = upper case + difference
struct LowerCaseRange {
  char32_t first;
  char32_t last;
  std::int32_t difference;
};

#include "tandem/tokenizers/bert_unicode_tables.inc"

constexpr CodePointRange kChinese[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},   {0x20000, 0x2A6DF},
                                       {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};
constexpr CodePointRange kHangulSyllables[] = {{0xAC00, 0xD7A3}};

std::uint8_t combining_class(char32_t code_point) {
  if (code_point < kCombiningClasses[0].first) return 0;
  const CombiningRange* range = find_range(kCombiningClasses, code_point);
  return range == nullptr ? 0 : range->combining_class;
}

void append_decomposed(std::u32string& text, char32_t code_point) {
  const bool decomposes =
      find_range(kDecomposing, code_point) != nullptr || find_range(kHangulSyllables, code_point) != nullptr;
  if (!decomposes) {
    text.push_back(code_point);
    return;
  }
  std::array<utf8proc_int32_t, 32> parts{};
  int boundary = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code_point), parts.data(),
                                                         parts.size(), UTF8PROC_DECOMPOSE, &boundary);
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    text.push_back(static_cast<char32_t>(parts[static_cast<std::size_t>(i)]));
}

/// Sorts every run of marks by combining class; equal classes keep their order.
void order_marks(std::u32string& text) {
  for (auto run = text.begin(); run != text.end();) {
    if (combining_class(*run) == 0) {
      ++run;
      continue;
    }
    const auto end = std::find_if(run, text.end(), [](char32_t c) { return combining_class(c) == 0; });
    std::stable_sort(run, end, [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    run = end;
  }
}

/// The one code point that a starter and the following code point compose to.
std::optional<char32_t> composite(char32_t starter, char32_t next) {
  std::array<utf8proc_int32_t, 2> pair{static_cast<utf8proc_int32_t>(starter), static_cast<utf8proc_int32_t>(next)};
  const utf8proc_ssize_t length =
      utf8proc_normalize_utf32(pair.data(), 2, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const auto composed = static_cast<char32_t>(pair[0]);
  // utf8proc may be newer than `tokenizers` and know more of them.
  if (length != 1 ||
      (find_range(kDecomposing, composed) == nullptr && find_range(kHangulSyllables, composed) == nullptr))
    return std::nullopt;
  return composed;
}

}  // namespace

bool is_dropped_by_bert(char32_t code_point) { return find_range(kDropped, code_point) != nullptr; }
bool is_white_to_bert(char32_t code_point) { return find_range(kWhite, code_point) != nullptr; }
bool is_punctuation_to_bert(char32_t code_point) { return find_range(kPunctuation, code_point) != nullptr; }
bool is_mark_to_bert(char32_t code_point) { return find_range(kMarks, code_point) != nullptr; }
bool is_chinese_to_bert(char32_t code_point) { return find_range(kChinese, code_point) != nullptr; }

std::u32string decompose_as_bert(const std::u32string& text) {
  std::u32string decomposed;
  decomposed.reserve(text.size());
  for (const char32_t code_point : text) {
    if (code_point < kDecomposing[0].first) {
      decomposed.push_back(code_point);
    } else {
      append_decomposed(decomposed, code_point);
    }
  }
  order_marks(decomposed);
  return decomposed;
}

std::u32string compose_canonically(const std::u32string& decomposed) {
  std::u32string text;
  text.reserve(decomposed.size());
  std::size_t starter = std::u32string::npos;
  std::uint8_t last_class = 0;  // of the marks kept after the starter
  for (const char32_t code_point : decomposed) {
    const std::uint8_t own_class = combining_class(code_point);
    // A mark reaches the starter unless one of its class, or another starter, was kept between
    // them.
    if (starter != std::u32string::npos &&
        (text.size() == starter + 1 || (last_class != 0 && last_class < own_class))) {
      if (const std::optional<char32_t> composed = composite(text[starter], code_point)) {
        text[starter] = *composed;
        continue;
      }
    }
    if (own_class == 0) starter = text.size();
    last_class = own_class;
    text.push_back(code_point);
  }
  return text;
}

void append_lower_case_as_bert(std::u32string& text, char32_t code_point) {
  if (code_point < 0x80) {
    text.push_back(code_point >= 'A' && code_point <= 'Z' ? code_point + ('a' - 'A') : code_point);
  } else if (code_point == 0x130) {
    text += U"i\u0307";
  } else if (const LowerCaseRange* range = find_range(kLowerCases, code_point)) {
    text.push_back(static_cast<char32_t>(static_cast<std::int32_t>(code_point) + range->difference));
  } else {
    text.push_back(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point))));
  }
}

}  // namespace tandem
