// Picture files -> pixels: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF and SVG, recognised by their first bytes and
// never by their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/picture_format.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

struct ImageLimits {
  std::int64_t max_pixels = 100'000'000;                ///< height x width a file may claim; checked before allocating
  std::int64_t max_file_bytes = std::int64_t{1} << 30;  ///< read_image rejects larger files without reading them
  std::int64_t svg_side = 256;                          ///< pixels per side of the white square that an SVG is drawn on
};

/// The picture, upright (EXIF orientation applied), in 8-bit RGB. Grey becomes R = G = B. CMYK is
/// converted without colour profiles. 16-bit samples are scaled to 8 bits. Transparency is
/// composited over white. Of an animated GIF the first frame is decoded, of a TIFF the first picture, of a HEIC or AVIF
/// the primary one. Strict: damaged or incomplete data is rejected even if a decoder could guess the rest.
/// Throws FileError naming `name` if the bytes are none of these formats, are damaged, are an animated WebP, are of a
/// kind that the format's header here excludes, or claim more than `limits`. May be called from several threads at
/// once.
RgbImage decode_image(std::string_view bytes, const std::filesystem::path& name, const ImageLimits& limits = {});

/// decode_image on a file.
/// Throws FileError also if the file is missing or cannot be read.
RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits = {});

}  // namespace tandem
