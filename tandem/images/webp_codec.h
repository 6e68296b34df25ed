// WebP through libwebp. Cut files are rejected; WebP has no checksum, so a flipped bit may go
// unnoticed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes still pictures, lossy or lossless. Transparency is composited over white. The picture is
/// turned upright by its EXIF chunk.
/// Throws FileError naming `name` if the data is damaged, cut, animated, or claims more than
/// `max_pixels`.
RgbImage decode_webp(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

}  // namespace tandem
