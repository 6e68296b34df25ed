#include "tandem/images/exif_orientation.h"

#include <c10/util/Exception.h>

#include <algorithm>

namespace tandem {
namespace {

constexpr int kOrientationTag = 0x0112;
constexpr int kShortType = 3;
constexpr std::size_t kEntryBytes = 12;

/// Reads integers of a TIFF block in its byte order; bytes past the end read as 0.
struct TiffReader {
  std::string_view bytes;
  bool big_endian = false;

  std::uint32_t integer(std::size_t offset, int size) const {
    if (offset > bytes.size() || bytes.size() - offset < static_cast<std::size_t>(size)) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (big_endian ? size - 1 - i : i);
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + i])) << shift;
    }
    return value;
  }
};

}  // namespace

int exif_orientation(std::string_view tiff) {
  const std::string_view order = tiff.substr(0, 2);
  if (order != "II" && order != "MM") return 1;
  const TiffReader reader{.bytes = tiff, .big_endian = order == "MM"};
  if (reader.integer(2, 2) != 42) return 1;
  const std::size_t directory = reader.integer(4, 4);
  const std::uint32_t entries = reader.integer(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > tiff.size()) return 1;
    if (reader.integer(entry, 2) != kOrientationTag || reader.integer(entry + 2, 2) != kShortType) continue;
    const std::uint32_t value = reader.integer(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

RgbImage upright(RgbImage image, int orientation) {
  TORCH_CHECK_VALUE(orientation >= 1 && orientation <= 8, "upright: the orientation must be 1 to 8, got ", orientation);
  if (orientation == 1) return image;
  const bool transposed = orientation >= 5;
  const std::int64_t height = transposed ? image.width : image.height;
  const std::int64_t width = transposed ? image.height : image.width;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  RgbImage turned{.height = height, .width = width, .pixels = std::vector<std::uint8_t>(image.pixels.size())};
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      std::int64_t source_y = transposed ? x : y;
      std::int64_t source_x = transposed ? y : x;
      if (from_bottom) source_y = image.height - 1 - source_y;
      if (from_right) source_x = image.width - 1 - source_x;
      std::copy_n(&image.pixels[3 * (source_y * image.width + source_x)], 3, &turned.pixels[3 * (y * width + x)]);
    }
  }
  return turned;
}

}  // namespace tandem
