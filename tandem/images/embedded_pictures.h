// Pictures inside SVG documents: what they claim, told before anything is decoded.
#pragma once

#include <cstdint>
#include <string_view>

namespace tandem {

/// Pixels that the headers of all pictures in `data:` URIs of the document claim together (PNG,
/// JPEG, GIF, WebP in base64), each as often as it is written. Others count as none. Reads the
/// document once.
std::int64_t embedded_pixels(std::string_view document);

}  // namespace tandem
