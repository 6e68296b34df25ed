// SVG drawings -> pixels, through librsvg.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/drawing_process.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

/// The whole drawing, with its aspect ratio kept, as large as it fits and centred on a white square
/// of `side` x `side` pixels. Nothing outside the document is read: no files, no network. The
/// drawing is made in a separate process (drawing_process.h), which is used again for the next
/// drawing. Endless drawings end with their budget, and messages of librsvg's libraries on standard
/// error are dropped. May be called from several threads at once.
/// Throws FileError naming `name` if the drawing is broken, has no size (neither width and height
/// nor a viewBox), or exceeds a limit of librsvg or of the budget; c10::ValueError if `side` is not
/// in 1 .. 16384.
RgbImage draw_svg(std::string_view bytes, const std::filesystem::path& name, std::int64_t side,
                  const DrawingBudget& budget = {});

}  // namespace tandem
