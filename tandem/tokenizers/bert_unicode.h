// What BERT's tokenizer asks about a code point, answered as the Rust crates behind Hugging Face
// `tokenizers` answer. Their Unicode tables are of several ages; bert_unicode_tables.inc holds
// them, read off `tokenizers` 0.22.2.
#pragma once

#include <string>

namespace tandem {

/// Controls, formats, private use and U+FFFD: what clean_text removes.
bool is_dropped_by_bert(char32_t code_point);

/// What separates words.
bool is_white_to_bert(char32_t code_point);

/// What is a word of its own: Unicode punctuation, and every ASCII sign that is no letter or digit.
bool is_punctuation_to_bert(char32_t code_point);

/// What strip_accents removes: nonspacing marks.
bool is_mark_to_bert(char32_t code_point);

/// The CJK ideographs that each stand as a word.
bool is_chinese_to_bert(char32_t code_point);

/// Canonical decomposition (Unicode's NFD).
std::u32string decompose_as_bert(const std::u32string& text);

/// What decompose_as_bert took apart put together again: the two make Unicode's NFC.
std::u32string compose_canonically(const std::u32string& decomposed);

/// Appends the lower-case form, which is two code points for U+0130 and one for all others.
void append_lower_case_as_bert(std::u32string& text, char32_t code_point);

}  // namespace tandem
