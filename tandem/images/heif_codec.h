// HEIC and AVIF through libheif, in a process of its own (drawing_process.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/drawing_process.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes the primary picture: HEVC or AV1, whole or in tiles, of 8 to 12 bits (scaled to 8). Transparency is
/// composited over white. The file's own rotation, mirroring and crop are applied, and an EXIF orientation is not
/// looked at, as the format demands. The decoder runs in a separate process, which is used again for the next picture:
/// it can neither crash this one nor take more than 60 s of processor time, nor more memory than 512 MiB and 24 bytes
/// per claimed pixel. May be called from several threads at once.
/// Throws FileError naming `name` if the data is damaged, cut, claims more than `max_pixels`, needs more than these
/// limits, or is of a kind that libheif 1.15 does not decode (films, JPEG or VVC inside).
RgbImage decode_heif(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels,
                     std::int64_t cpu_ms = 60'000);

}  // namespace tandem
