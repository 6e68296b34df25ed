// BMP (Windows and OS/2 bitmaps). A decoder of our own: Debian has no library for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes 1, 2, 4 and 8 bits with a palette, 16, 24 and 32 bits with or without masks, RLE4 and RLE8, from the bottom
/// or from the top. An alpha mask counts as transparency, composited over white, unless the whole picture would be
/// transparent; the fourth byte of 32 bits without masks does not. Pixels that RLE leaves out have the palette's first
/// colour. BMP has no checksum.
/// Throws FileError naming `name` if the data is damaged, cut, holds a JPEG or PNG, is compressed in OS/2's own ways,
/// or claims more than `max_pixels`.
RgbImage decode_bmp(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

}  // namespace tandem
