// JPEG through libjpeg-turbo, strict: what the library only warns about (data that ends early,
// bytes that fit no code) is an error here. JPEG carries no checksum: a damaged stretch is nearly
// always noticed because the decoder loses its place, but a single flipped bit often leaves codes
// behind that are as good as the true ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Baseline and progressive; grey, RGB, YCbCr, CMYK and YCCK (with Adobe's marker: stored
/// inverted), without colour profiles; upright by its EXIF orientation.
/// Throws FileError naming `name` if the data is damaged, cut, has more than 500 scans or claims
/// more than `max_pixels`.
RgbImage decode_jpeg(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

/// A JPEG file's bytes, for thumbnails.
///   quality  1 (small) to 100 (faithful)
/// Throws c10::ValueError if the picture is empty, its pixels do not fit its size, or the quality
/// is out of range.
std::string encode_jpeg(const RgbImage& image, int quality);

}  // namespace tandem
