// Smaller copies of pictures, of a given longer or shorter side.
#pragma once

#include <cstdint>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// The picture with a longer side of at most `side` pixels, resized by Lanczos with its aspect
/// ratio kept. Nothing is enlarged, and no side becomes shorter than one pixel.
RgbImage with_longer_side(const RgbImage& image, std::int64_t side);

/// The same for the shorter side.
RgbImage with_shorter_side(const RgbImage& image, std::int64_t side);

}  // namespace tandem
