// A picture made by a formula, the same as in tests/reference/make_image_reference.py, and zlib's
// checksum of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tandem/images/rgb_image.h"

namespace tandem::tests {

/// Smooth ramps with sharp steps in them, so that filters overshoot.
inline RgbImage formula_picture(std::int64_t height, std::int64_t width) {
  RgbImage image{height, width, {}};
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const bool light = (x / 4 + y / 3) % 2 == 0;
      image.pixels.push_back(static_cast<std::uint8_t>((x * 7 + y * 3) % 256));
      image.pixels.push_back(static_cast<std::uint8_t>((x * x + y * 11) / 5 % 256));
      image.pixels.push_back(static_cast<std::uint8_t>(light ? 255 - (x * y) % 97 : (x * y) % 89));
    }
  }
  return image;
}

inline std::uint32_t adler32(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (std::size_t i = 0; i < size; ++i) {
    low = (low + bytes[i]) % 65521;
    high = (high + low) % 65521;
  }
  return high << 16 | low;
}

inline std::uint32_t adler32(const RgbImage& image) { return adler32(image.pixels.data(), image.pixels.size()); }

}  // namespace tandem::tests
