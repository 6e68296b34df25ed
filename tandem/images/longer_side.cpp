#include "tandem/images/longer_side.h"

#include <algorithm>

#include "tandem/images/resample.h"

namespace tandem {
namespace {

/// The picture reduced so that `measured`, one of its sides, becomes `side`.
RgbImage reduced(const RgbImage& image, std::int64_t side, std::int64_t measured) {
  const double factor = std::min(1.0, static_cast<double>(side) / static_cast<double>(measured));
  const auto scaled = [factor](std::int64_t size) {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(size) * factor + 0.5));
  };
  return resize(image, scaled(image.height), scaled(image.width), Filter::kLanczos);
}

}  // namespace

RgbImage with_longer_side(const RgbImage& image, std::int64_t side) {
  return reduced(image, side, std::max(image.height, image.width));
}

RgbImage with_shorter_side(const RgbImage& image, std::int64_t side) {
  return reduced(image, side, std::min(image.height, image.width));
}

}  // namespace tandem
