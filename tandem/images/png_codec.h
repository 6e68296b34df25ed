// PNG through libpng, strict: a chunk whose checksum does not fit is an error, whatever the chunk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Every colour type and depth, interlaced or not. 16-bit samples become round(value * 255 /
/// 65535); transparency, also of palettes and key colours, is composited over white; gamma and
/// colour profiles are not applied; upright by its eXIf chunk; of an animation the default image is
/// taken.
/// Throws FileError naming `name` if the data is damaged, cut, or claims more than `max_pixels`.
RgbImage decode_png(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

/// A PNG file's bytes, 8-bit RGB: decode_png gives the same pixels back.
/// Throws c10::ValueError if the picture is empty or its pixels do not fit its size.
std::string encode_png(const RgbImage& image);

}  // namespace tandem
