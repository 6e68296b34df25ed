// BERT's text normalization, as Hugging Face `tokenizers` does it (BertNormalizer,
// BertPreTokenizer).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// The "normalizer" of tokenizer.json; the defaults are those of an uncased BERT.
struct BertNormalizerOptions {
  bool clean_text = true;             ///< drop control characters; replace white space by plain spaces
  bool handle_chinese_chars = true;   ///< put spaces around ideographs
  std::optional<bool> strip_accents;  ///< drop accents; nothing: the value of lowercase
  bool lowercase = true;              ///< lower-case everything
};

/// The text after the steps that the options select: cleaned, accents dropped, in lower case.
std::u32string normalize_as_bert(std::u32string_view text, const BertNormalizerOptions& options);

/// The words of a normalized text: split at white space, with every punctuation sign as a word of
/// its own. The views point into `text`.
std::vector<std::u32string_view> split_as_bert(std::u32string_view text);

}  // namespace tandem
