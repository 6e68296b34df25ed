// The text of caption_words.txt, which the build embeds in the program.
#pragma once

#include <string_view>

namespace tandem {

extern const std::string_view kCaptionWords;

}  // namespace tandem
