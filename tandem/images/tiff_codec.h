// TIFF through libtiff: the first picture of the file. What the library only warns about while it decodes fax or JPEG
// data (bytes that fit no code, data that ends early) is an error here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes TIFF and BigTIFF in strips or tiles, with samples side by side or in planes: black and white, grey, palette,
/// RGB and CMYK of 1, 2, 4, 8 or 16 bits, YCbCr and CIELab of 8 bits; not compressed, or by CCITT (fax), LZW, Deflate,
/// PackBits, JPEG, ZSTD or WebP. 16-bit samples are scaled to 8 bits, alpha (premultiplied or not) is composited over
/// white, CMYK becomes RGB without colour profiles. The picture is turned upright by its orientation tag.
/// Throws FileError naming `name` if the data is damaged, cut or claims more than `max_pixels`, if the first picture is
/// a preview or a camera's raw data, or if its samples, colours or compression are others than these.
RgbImage decode_tiff(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

}  // namespace tandem
