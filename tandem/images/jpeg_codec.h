// Strict JPEG through libjpeg-turbo: what the library only warns about (data that ends early, bytes
// that fit no code) is an error here. JPEG has no checksum. Longer damage is nearly always noticed
// because the decoder loses its place, but a single flipped bit often leaves valid codes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes baseline and progressive JPEG in grey, RGB, YCbCr, CMYK and YCCK (inverted if Adobe's
/// marker is present), without colour profiles. The picture is turned upright by its EXIF
/// orientation.
/// Throws FileError naming `name` if the data is damaged, cut, has more than 500 scans or claims
/// more than `max_pixels`.
RgbImage decode_jpeg(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

/// The bytes of a JPEG file, for thumbnails.
///
///   quality  1 (smallest) to 100 (best)
///
/// Throws c10::ValueError if the picture is empty, its pixels do not fit its size, or the quality
/// is out of range.
std::string encode_jpeg(const RgbImage& image, int quality);

}  // namespace tandem
