// tokenizer.json, or vocab.json and merges.txt with tokenizer_config.json -> RoBERTa's or CLIP's
// tokenizer.
#pragma once

#include <filesystem>

#include "tandem/tokenizers/byte_bpe.h"
#include "tandem/tokenizers/tokenizer_document.h"

namespace tandem {

/// Prefers tokenizer.json; without it takes vocab.json and merges.txt and RoBERTa's special tokens.
/// add_prefix_space is tokenizer_config.json's, off where that does not say, whatever
/// tokenizer.json has: so transformers does. Throws FileError if the files are missing, disagree,
/// or ask for something other than GPT-2's splitting of text as it is, byte-level BPE and special
/// tokens around the text.
OpenedTokenizer open_roberta_bpe(const std::filesystem::path& folder);

/// The same with CLIP's special tokens, clean-up and splitting.
OpenedTokenizer open_clip_bpe(const std::filesystem::path& folder);

}  // namespace tandem
