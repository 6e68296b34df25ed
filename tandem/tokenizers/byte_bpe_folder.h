// tokenizer.json, or vocab.json and merges.txt with tokenizer_config.json -> RoBERTa's or CLIP's tokenizer.
#pragma once

#include <filesystem>

#include "tandem/tokenizers/byte_bpe.h"
#include "tandem/tokenizers/tokenizer_document.h"

namespace tandem {

/// Prefers tokenizer.json; without it takes vocab.json and merges.txt and RoBERTa's special tokens. What
/// tokenizer_config.json says of add_prefix_space goes before tokenizer.json, as it does in transformers. Throws FileError
/// if the files are missing, disagree, or ask for something other than GPT-2's or CLIP's splitting, byte-level BPE and
/// special tokens around the text.
OpenedTokenizer open_roberta_bpe(const std::filesystem::path& folder);

/// The same; without tokenizer.json with CLIP's special tokens, clean-up and splitting.
OpenedTokenizer open_clip_bpe(const std::filesystem::path& folder);

}  // namespace tandem
