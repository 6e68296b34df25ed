// The code point properties that BERT's tokenizer needs, with the values of the Rust crates behind
// Hugging Face `tokenizers`. Their Unicode tables are of different versions;
// bert_unicode_tables.inc holds them, generated from `tokenizers` 0.22.2.
#pragma once

#include <string>

namespace tandem {

/// Controls, formats, private use and U+FFFD: removed by clean_text.
bool is_dropped_by_bert(char32_t code_point);

/// White space: separates words.
bool is_white_to_bert(char32_t code_point);

/// Each is a word of its own: Unicode punctuation, and every ASCII sign that is neither letter nor
/// digit.
bool is_punctuation_to_bert(char32_t code_point);

/// Nonspacing marks: removed by strip_accents.
bool is_mark_to_bert(char32_t code_point);

/// CJK ideographs: each is a word of its own.
bool is_chinese_to_bert(char32_t code_point);

/// Canonical decomposition (Unicode's NFD).
std::u32string decompose_as_bert(const std::u32string& text);

/// Composes the result of decompose_as_bert again: together the two make Unicode's NFC.
std::u32string compose_canonically(const std::u32string& decomposed);

/// Appends the lower-case form: two code points for U+0130, one for all others.
void append_lower_case_as_bert(std::u32string& text, char32_t code_point);

}  // namespace tandem
