// librsvg at work in this very process: what a drawing process does for svg_drawing.h. Knows
// nothing else of the project.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

struct SvgRendering {
  std::vector<std::uint8_t> rgb;  ///< [side, side, 3]; empty: the drawing was refused
  std::string expected, found;    ///< why it was refused, for a FileError
};

/// The whole drawing, its aspect kept, centred on a white square of `side` x `side` pixels. Nothing
/// outside the document is read. Takes as much time and memory as the document asks for. Not for
/// several threads at once: cairo 1.16 shares FreeType's faces.
SvgRendering render_svg(std::string_view bytes, std::int64_t side);

}  // namespace tandem
