// The words that byte-level BPE is let loose on, as the regular expressions of GPT-2 and CLIP cut
// them.
#pragma once

#include <string_view>
#include <vector>

namespace tandem {

/// GPT-2's: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// Words take the space before them along; nothing is lost. The views point into `text`.
std::vector<std::u32string_view> split_as_gpt2(std::u32string_view text);

/// CLIP's: 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+ White space is dropped.
/// `ends_apart`: the expression begins with <\|startoftext\|>|<\|endoftext\|>|, as in files made by
/// older transformers, so that these two are never joined to the signs behind them. (GPT-2's
/// expression, which comes after CLIP's, cuts them in three.)
std::vector<std::u32string_view> split_as_clip(std::u32string_view text, bool ends_apart);

}  // namespace tandem
