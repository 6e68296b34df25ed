// BERT's text clean-up, as Hugging Face `tokenizers` does it (BertNormalizer, BertPreTokenizer).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// As the "normalizer" of tokenizer.json says; the defaults are those of an uncased BERT.
struct BertNormalizerOptions {
  bool clean_text = true;             ///< drop control characters, make white space plain spaces
  bool handle_chinese_chars = true;   ///< put spaces around ideographs
  std::optional<bool> strip_accents;  ///< drop accents; nothing: where lowercase is on
  bool lowercase = true;              ///< lower-case everything
};

/// The text cleaned, accents dropped, in lower case, as the options say.
std::u32string normalize_as_bert(std::u32string_view text, const BertNormalizerOptions& options);

/// The words of a normalized text: split at white space, every punctuation sign a word of its own.
/// The views point into `text`.
std::vector<std::u32string_view> split_as_bert(std::u32string_view text);

}  // namespace tandem
