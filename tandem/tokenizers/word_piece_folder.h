// tokenizer.json, or vocab.txt, with tokenizer_config.json -> BERT's tokenizer, or MPNet's, which
// has other special tokens.
#pragma once

#include <filesystem>

#include "tandem/tokenizers/tokenizer_document.h"
#include "tandem/tokenizers/word_piece.h"

namespace tandem {

/// Reads tokenizer.json if it exists; otherwise vocab.txt with BERT's special tokens ([CLS], [SEP],
/// ...). do_lower_case, strip_accents and tokenize_chinese_chars come from tokenizer_config.json,
/// with its defaults if it does not set them, whatever tokenizer.json says, as in
/// BertTokenizerFast. For PreTrainedTokenizerFast, the values of tokenizer.json are used.
/// Throws FileError if neither file exists, if one asks for something other than BERT's normalizer,
/// pre-tokenizer, WordPiece and special tokens around the text, or if a vocabulary has a word or an
/// id twice.
OpenedTokenizer open_word_piece(const std::filesystem::path& folder);

/// The same with MPNet's special tokens (<s>, </s>, ...).
OpenedTokenizer open_mpnet_word_piece(const std::filesystem::path& folder);

}  // namespace tandem
