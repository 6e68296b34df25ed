// tokenizer.json, or vocab.txt with tokenizer_config.json -> BERT's tokenizer, or MPNet's, which
// has other special tokens.
#pragma once

#include <filesystem>

#include "tandem/tokenizers/tokenizer_document.h"
#include "tandem/tokenizers/word_piece.h"

namespace tandem {

/// Prefers tokenizer.json; without it takes vocab.txt and BERT's special tokens ([CLS], [SEP],
/// ...). do_lower_case, strip_accents and tokenize_chinese_chars are those of
/// tokenizer_config.json, on where it does not say, whatever tokenizer.json has: so
/// BertTokenizerFast does; of PreTrainedTokenizerFast tokenizer.json's hold. Throws FileError if
/// there is neither file, if one asks for something other than BERT's normalizer, pre-tokenizer,
/// WordPiece and special tokens around the text, or if a vocabulary has a word or an id twice.
OpenedTokenizer open_word_piece(const std::filesystem::path& folder);

/// The same with MPNet's special tokens (<s>, </s>, ...).
OpenedTokenizer open_mpnet_word_piece(const std::filesystem::path& folder);

}  // namespace tandem
