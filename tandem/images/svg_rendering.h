// librsvg in this process: the part of svg_drawing.h that a drawing process does. Depends on
// nothing else of the project.
#pragma once

#include <cstdint>
#include <string_view>

#include "tandem/images/rendering.h"

namespace tandem {

/// The whole drawing, with its aspect ratio kept, centred on a white square of `side` x `side`
/// pixels. Nothing outside the document is read. Takes as much time and memory as the document asks
/// for. Not for several threads at once: cairo 1.16 shares FreeType's faces.
Rendering render_svg(std::string_view bytes, std::int64_t side);

}  // namespace tandem
