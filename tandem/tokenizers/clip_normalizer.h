// CLIP's text normalization, as Hugging Face `tokenizers` does it: NFC, runs of white space to one
// space, lower case.
#pragma once

#include <string>
#include <string_view>

namespace tandem {

std::u32string normalize_as_clip(std::u32string_view text);

}  // namespace tandem
