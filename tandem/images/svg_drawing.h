// SVG drawings through librsvg, as pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// The whole drawing, its aspect kept, as large as it fits and centred on a white square of `side` x
/// `side` pixels.
/// Nothing outside the document is read: no files, no network.
/// Endless drawings (elements that refer to each other, entity bombs, a million elements) meet librsvg's
/// own limits; it offers no time limit.
/// Throws FileError naming `name` if the drawing is broken, says no size (neither width and height nor a
/// viewBox), or breaks a limit; c10::ValueError if the side is not in 1 .. 16384.
RgbImage draw_svg(std::string_view bytes, const std::filesystem::path& name, std::int64_t side);

}  // namespace tandem
