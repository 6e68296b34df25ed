// libheif in this process: the part of heif_codec.h that a drawing process does. Depends on nothing else of the
// project.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "tandem/images/rendering.h"

namespace tandem {

/// The primary picture of a HEIC or AVIF file as libheif turns it (irot, imir, clap), transparency composited over
/// white. A file that claims more than `max_pixels` is rejected before anything is decoded; for others, `begin` is
/// called first with the number of pixels. Takes as much time and memory as the file asks for.
Rendering render_heif(std::string_view bytes, std::int64_t max_pixels,
                      const std::function<void(std::int64_t pixels)>& begin);

}  // namespace tandem
