// Strict PNG through libpng: a wrong checksum is an error in every chunk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes every colour type and depth, interlaced or not. 16-bit samples become round(value * 255
/// / 65535). Transparency, including that of palettes and key colours, is composited over white.
/// Gamma and colour profiles are not applied. The picture is turned upright by its eXIf chunk. Of
/// an animation, the default image is decoded.
/// Throws FileError naming `name` if the data is damaged, cut, or claims more than `max_pixels`.
RgbImage decode_png(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

/// The bytes of a PNG file, 8-bit RGB; decode_png returns the same pixels. Throws c10::ValueError
/// if the picture is empty or its pixels do not fit its size.
std::string encode_png(const RgbImage& image);

}  // namespace tandem
