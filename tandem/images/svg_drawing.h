// SVG drawings through librsvg, as pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/drawing_process.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

/// The whole drawing, its aspect kept, as large as it fits and centred on a white square of `side`
/// x `side` pixels. Nothing outside the document is read: no files, no network. Drawn in a process
/// of its own (drawing_process.h), which stays for the next drawing: endless drawings end with
/// their budget, and what librsvg's libraries write to standard error goes nowhere. May be called
/// from several threads at once.
/// Throws FileError naming `name` if the drawing is broken, says no size (neither width and height
/// nor a viewBox), or breaks a limit, librsvg's own or the budget's; c10::ValueError if the side is
/// not in 1 .. 16384.
RgbImage draw_svg(std::string_view bytes, const std::filesystem::path& name, std::int64_t side,
                  const DrawingBudget& budget = {});

}  // namespace tandem
