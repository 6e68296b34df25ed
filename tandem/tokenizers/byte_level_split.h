// Splits text into the words for byte-level BPE, as the regular expressions of GPT-2 and CLIP do.
#pragma once

#include <string_view>
#include <vector>

namespace tandem {

/// GPT-2's: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// A word includes the space before it; nothing is lost. The views point into `text`.
std::vector<std::u32string_view> split_as_gpt2(std::u32string_view text);

/// CLIP's: 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+ White space is dropped. The
/// views point into `text`.
/// `ends_apart`: the expression begins with <\|startoftext\|>|<\|endoftext\|>|, as in files made by
/// older transformers, so that these two are never joined to the signs behind them. (GPT-2's
/// expression, which is applied after CLIP's, splits each of them in three.)
std::vector<std::u32string_view> split_as_clip(std::u32string_view text, bool ends_apart);

}  // namespace tandem
