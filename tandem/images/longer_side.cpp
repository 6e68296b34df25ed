#include "tandem/images/longer_side.h"

#include <algorithm>

#include "tandem/images/resample.h"

namespace tandem {

RgbImage with_longer_side(const RgbImage& image, std::int64_t side) {
  const double factor =
      std::min(1.0, static_cast<double>(side) / static_cast<double>(std::max(image.height, image.width)));
  const auto scaled = [factor](std::int64_t size) {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(size) * factor + 0.5));
  };
  return resize(image, scaled(image.height), scaled(image.width), Filter::kLanczos);
}

}  // namespace tandem
