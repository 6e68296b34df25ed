// tokenizer.json, or vocab.txt with tokenizer_config.json -> BERT's tokenizer.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tandem/tokenizers/word_piece.h"

namespace tandem {

/// A tokenizer and the files, relative to its folder, that it was made from.
struct OpenedTokenizer {
  std::unique_ptr<const Tokenizer> tokenizer;
  std::vector<std::string> files;
};

/// Prefers tokenizer.json; without it takes vocab.txt. What tokenizer_config.json says of do_lower_case,
/// strip_accents and tokenize_chinese_chars goes before tokenizer.json, as it does in transformers. Throws
/// FileError if there is neither file, or if one asks for something other than BERT's normalizer,
/// pre-tokenizer, WordPiece and a template of special tokens around the text.
OpenedTokenizer open_word_piece(const std::filesystem::path& folder);

}  // namespace tandem
