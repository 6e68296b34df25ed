#include "tandem/curation/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "tandem/images/resample.h"

namespace tandem {
namespace {

constexpr int kSide = 32;
constexpr int kFrequencies = 8;

using Basis = std::array<std::array<float, kSide>, kFrequencies>;

/// Row k holds the cosine of frequency k + 1.
Basis cosines() {
  Basis basis = {};
  for (int k = 0; k < kFrequencies; ++k) {
    for (int x = 0; x < kSide; ++x)
      basis[k][x] = static_cast<float>(std::cos(std::numbers::pi / kSide * (x + 0.5) * (k + 1)));
  }
  return basis;
}

}  // namespace

std::uint64_t perceptual_hash(const RgbImage& image) {
  static const Basis basis = cosines();
  const RgbImage small = resize(image, kSide, kSide, Filter::kBilinear);
  std::array<std::array<float, kFrequencies>, kSide> across = {};  // Of every row, its frequencies.
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const std::uint8_t* rgb = small.pixels.data() + 3 * (kSide * y + x);
      const float grey = 0.299F * rgb[0] + 0.587F * rgb[1] + 0.114F * rgb[2];
      for (int k = 0; k < kFrequencies; ++k) across[y][k] += basis[k][x] * grey;
    }
  }
  std::array<float, kFrequencies * kFrequencies> coefficients = {};
  for (int k = 0; k < kFrequencies; ++k) {
    for (int y = 0; y < kSide; ++y) {
      for (int j = 0; j < kFrequencies; ++j) coefficients[kFrequencies * k + j] += basis[k][y] * across[y][j];
    }
  }
  std::array<float, kFrequencies * kFrequencies> sorted = coefficients;
  std::sort(sorted.begin(), sorted.end());
  const float median = (sorted[31] + sorted[32]) / 2;
  std::uint64_t bits = 0;
  for (const float coefficient : coefficients) bits = bits << 1 | (coefficient > median ? 1U : 0U);
  return bits;
}

}  // namespace tandem
