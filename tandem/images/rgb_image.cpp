#include "tandem/images/rgb_image.h"

#include "tandem/base/errors.h"

namespace tandem {

RgbImage claimed_image(std::int64_t height, std::int64_t width, std::int64_t max_pixels,
                       const std::filesystem::path& name) {
  if (height < 1 || width < 1 || height > max_pixels / width) {
    throw FileError(name, "a picture of 1 to " + std::to_string(max_pixels) + " pixels",
                    "one that claims " + std::to_string(width) + " x " + std::to_string(height));
  }
  return {.height = height, .width = width, .pixels = std::vector<std::uint8_t>(height * width * 3)};
}

void composite_over_white(const std::vector<std::uint8_t>& rgba, RgbImage& image) {
  const std::int64_t count = image.height * image.width;
  for (std::int64_t i = 0; i < count; ++i) {
    for (int channel = 0; channel < 3; ++channel) {
      image.pixels[3 * i + channel] = over_white(rgba[4 * i + channel], rgba[4 * i + 3]);
    }
  }
}

}  // namespace tandem
