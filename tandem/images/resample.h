// Pillow 13's resize, bit for bit (its src/libImaging/Resample.c and Geometry.c): separable filters
// in fixed point with 22 fractional bits, rounded to bytes between the two passes. Earlier versions
// of Pillow always went across first; version 13 goes down first where the height shrinks by more
// than twice what the width does, and the two then differ by a grey level here and there.
#pragma once

#include <cstdint>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Pillow's filters under Pillow's numbers, which Hugging Face writes as "resample".
enum class Filter { kNearest = 0, kLanczos = 1, kBilinear = 2, kBicubic = 3, kBox = 4, kHamming = 5 };

/// A part of a picture, in its pixels.
struct Window {
  std::int64_t top = 0;
  std::int64_t left = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The whole picture at another size, as PIL.Image.resize((width, height), filter) gives it.
/// Throws c10::ValueError if the picture is empty, its pixels do not fit its size, or a side is
/// below 1.
RgbImage resize(const RgbImage& image, std::int64_t height, std::int64_t width, Filter filter);

/// The part `window` of resize(image, height, width, filter), without computing the rest.
/// Throws c10::ValueError as resize does, and if the window is empty or reaches over the edge.
RgbImage resize_window(const RgbImage& image, std::int64_t height, std::int64_t width, Filter filter,
                       const Window& window);

}  // namespace tandem
