#include "tandem/tokenizers/bert_normalizer.h"

#include <algorithm>
#include <cstddef>

#include "tandem/tokenizers/bert_unicode.h"

namespace tandem {

std::u32string normalize_as_bert(std::u32string_view text, const BertNormalizerOptions& options) {
  std::u32string cleaned;
  cleaned.reserve(text.size());
  bool ascii = true;
  for (char32_t code_point : text) {
    if (options.clean_text) {
      if (is_dropped_by_bert(code_point)) continue;
      if (is_white_to_bert(code_point)) code_point = U' ';
    }
    if (code_point < 0x80) {
      cleaned.push_back(code_point);
      continue;
    }
    ascii = false;
    if (options.handle_chinese_chars && is_chinese_to_bert(code_point)) {
      cleaned += {U' ', code_point, U' '};
    } else {
      cleaned.push_back(code_point);
    }
  }
  if (options.strip_accents.value_or(options.lowercase) && !ascii) {
    cleaned = decompose_as_bert(cleaned);
    std::erase_if(cleaned, is_mark_to_bert);
  }
  if (!options.lowercase) return cleaned;
  std::u32string lower;
  lower.reserve(cleaned.size() + 1);
  for (const char32_t code_point : cleaned) append_lower_case_as_bert(lower, code_point);
  return lower;
}

std::vector<std::u32string_view> split_as_bert(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  std::size_t begin = 0;
  const auto end_word = [&](std::size_t end) {
    if (end > begin) words.push_back(text.substr(begin, end - begin));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool punctuation = is_punctuation_to_bert(text[i]);
    if (!punctuation && !is_white_to_bert(text[i])) continue;
    end_word(i);
    if (punctuation) words.push_back(text.substr(i, 1));
    begin = i + 1;
  }
  end_word(text.size());
  return words;
}

}  // namespace tandem
