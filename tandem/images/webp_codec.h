// WebP through libwebp. Cut files are refused; WebP carries no checksum, so a flipped bit may pass.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Still pictures, lossy or lossless; transparency is composited over white; upright by its EXIF
/// chunk.
/// Throws FileError naming `name` if the data is damaged, cut, animated, or claims more than
/// `max_pixels`.
RgbImage decode_webp(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

}  // namespace tandem
