#include "tandem/tokenizers/clip_normalizer.h"

#include <algorithm>

#include "tandem/tokenizers/bert_unicode.h"

namespace tandem {

std::u32string normalize_as_clip(std::u32string_view text) {
  std::u32string composed(text);
  const bool ascii = std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x80; });
  if (!ascii) composed = compose_canonically(decompose_as_bert(composed));
  std::u32string clean;
  clean.reserve(composed.size() + 1);
  bool after_white = false;
  for (const char32_t code_point : composed) {
    const bool white = is_white_to_bert(code_point);
    if (white && !after_white) clean.push_back(U' ');
    if (!white) append_lower_case_as_bert(clean, code_point);
    after_white = white;
  }
  return clean;
}

}  // namespace tandem
