// The sizes of pictures inside SVG documents, found before anything is decoded.
#pragma once

#include <cstdint>
#include <string_view>

namespace tandem {

/// The number of pixels that all pictures in `data:` URIs of the document claim together in their
/// headers (PNG, JPEG, GIF, WebP in base64). A picture counts as often as it is written. Other
/// formats count as 0. Reads the document once.
std::int64_t embedded_pixels(std::string_view document);

}  // namespace tandem
