// Pillow 13's resize, bit for bit (its src/libImaging/Resample.c and Geometry.c): separable filters
// in fixed point with 22 fractional bits, rounded to bytes between the two passes. Earlier versions
// of Pillow always made the horizontal pass first. Version 13 makes the vertical pass first if the
// height shrinks by more than twice as much as the width; a few pixels then differ by one grey
// level.
#pragma once

#include <cstdint>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Pillow's filters, with Pillow's numbers. Hugging Face writes the number as "resample".
enum class Filter { kNearest = 0, kLanczos = 1, kBilinear = 2, kBicubic = 3, kBox = 4, kHamming = 5 };

/// A part of a picture, in pixels.
struct Window {
  std::int64_t top = 0;
  std::int64_t left = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The whole picture at another size, as PIL.Image.resize((width, height), filter) returns it.
/// Throws c10::ValueError if the picture is empty, its pixels do not fit its size, or a side is
/// below 1.
RgbImage resize(const RgbImage& image, std::int64_t height, std::int64_t width, Filter filter);

/// The part `window` of resize(image, height, width, filter), without computing the rest. Throws
/// c10::ValueError as resize does, and if the window is empty or extends beyond the picture.
RgbImage resize_window(const RgbImage& image, std::int64_t height, std::int64_t width, Filter filter,
                       const Window& window);

}  // namespace tandem
