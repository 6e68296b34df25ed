// A decoded picture: what every reader returns and the preparation for every encoder takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace tandem {

/// 8-bit sRGB, upright, without alpha. pixels is [height, width, 3], row-major.
struct RgbImage {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::vector<std::uint8_t> pixels;
};

/// A picture of that size with zero pixels, for a decoder to fill. Throws FileError naming `name`
/// if the size that a file claims is empty or more than `max_pixels`; nothing is allocated then.
RgbImage claimed_image(std::int64_t height, std::int64_t width, std::int64_t max_pixels,
                       const std::filesystem::path& name);

/// One sample of a half-transparent picture seen over white: (value * alpha + 255 * (255 - alpha))
/// / 255, rounded.
inline std::uint8_t over_white(std::uint8_t value, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/// over_white for a whole picture.
///
///   rgba   [height, width, 4]  not premultiplied
///   image  filled; its size gives how much of `rgba` is read
void composite_over_white(const std::vector<std::uint8_t>& rgba, RgbImage& image);

}  // namespace tandem
