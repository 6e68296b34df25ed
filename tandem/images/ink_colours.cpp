#include "tandem/images/ink_colours.h"

namespace tandem {

void inks_to_rgb(const std::uint8_t* stored, bool inverted, std::int64_t count, std::uint8_t* rgb) {
  const int flip = inverted ? 255 : 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const int paper = 255 - (stored[4 * i + 3] ^ flip);
    for (int channel = 0; channel < 3; ++channel) {
      const int product = (stored[4 * i + channel] ^ flip) * paper + 128;
      rgb[3 * i + channel] = static_cast<std::uint8_t>(paper - ((product >> 8) + product) / 256);
    }
  }
}

}  // namespace tandem
