// Picture files -> pixels: JPEG, PNG, WebP and SVG, told apart by their first bytes and never by
// their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// What the first bytes say: "jpg", "png", "webp", "svg"; empty if they are none of the four.
std::string_view picture_ending(std::string_view bytes);

struct ImageLimits {
  std::int64_t max_pixels = 100'000'000;                ///< height x width a file may claim; checked before allocating
  std::int64_t max_file_bytes = std::int64_t{1} << 30;  ///< read_image refuses larger files unread
  std::int64_t svg_side = 256;                          ///< pixels a side of the white square an SVG is drawn on
};

/// The picture, upright (EXIF orientation applied), in 8-bit RGB. Grey becomes R = G = B; CMYK
/// becomes light without colour profiles; 16-bit samples are scaled to 8 bits; transparency is
/// composited over white. Strict: damaged or incomplete data is refused even where a decoder could
/// guess the rest.
/// Throws FileError naming `name` if the bytes are none of the four formats, are damaged, animated
/// WebP, or claim more than `limits`. May be called from several threads at once.
RgbImage decode_image(std::string_view bytes, const std::filesystem::path& name, const ImageLimits& limits = {});

/// decode_image on a file.
/// Throws FileError also if the file is missing or cannot be read.
RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits = {});

}  // namespace tandem
