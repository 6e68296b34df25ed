// tokenizer.json, or vocab.json and merges.txt, with tokenizer_config.json -> the tokenizer of
// RoBERTa or CLIP.
#pragma once

#include <filesystem>

#include "tandem/tokenizers/byte_bpe.h"
#include "tandem/tokenizers/tokenizer_document.h"

namespace tandem {

/// Reads tokenizer.json if it exists; otherwise vocab.json and merges.txt with RoBERTa's special
/// tokens. add_prefix_space comes from tokenizer_config.json and is off if that file does not set
/// it, whatever tokenizer.json says, as in transformers.
/// Throws FileError if the files are missing, disagree, or ask for something other than GPT-2's
/// splitting of unnormalized text, byte-level BPE and special tokens around the text.
OpenedTokenizer open_roberta_bpe(const std::filesystem::path& folder);

/// The same with CLIP's special tokens, normalization and splitting.
OpenedTokenizer open_clip_bpe(const std::filesystem::path& folder);

}  // namespace tandem
