#include "tandem/curation/perceptual_hash.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <bit>
#include <numbers>

#include "curation/drawn_photo.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/resample.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Frequency (v, u) of the grey 32 x 32 picture, by the definition of the DCT-II.
double coefficient(const RgbImage& small, int v, int u) {
  double sum = 0;
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      const std::uint8_t* rgb = small.pixels.data() + 3 * (32 * y + x);
      const double grey = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
      sum +=
          grey * std::cos(std::numbers::pi * (2 * y + 1) * v / 64) * std::cos(std::numbers::pi * (2 * x + 1) * u / 64);
    }
  }
  return sum;
}

int distance(const RgbImage& a, const RgbImage& b) { return std::popcount(perceptual_hash(a) ^ perceptual_hash(b)); }

}  // namespace

TEST_CASE("the perceptual hash is the sign of low frequencies against their median") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const RgbImage image = drawn_photo(seed, 61 + static_cast<int>(seed), 90);
    const RgbImage small = resize(image, 32, 32, Filter::kBilinear);
    std::vector<double> coefficients;
    for (int v = 1; v <= 8; ++v) {
      for (int u = 1; u <= 8; ++u) coefficients.push_back(coefficient(small, v, u));
    }
    std::vector<double> sorted = coefficients;
    std::sort(sorted.begin(), sorted.end());
    const double median = (sorted[31] + sorted[32]) / 2;
    const std::uint64_t hash = perceptual_hash(image);
    for (int i = 0; i < 64; ++i) {
      if (std::abs(coefficients[i] - median) < 0.05) continue;  // fp32 may decide otherwise.
      CHECK((hash >> (63 - i) & 1) == (coefficients[i] > median ? 1 : 0));
    }
  }
}

TEST_CASE("the perceptual hash survives compression and scaling and light but not mirroring") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const RgbImage image = drawn_photo(seed);
    CHECK(distance(image, decode_jpeg(encode_jpeg(image, 40), "a.jpg", 1000000)) <= 7);
    CHECK(distance(image, resize(image, 48, 64, Filter::kBicubic)) <= 7);
    CHECK(distance(image, brighter(image, 5)) <= 7);
    CHECK(distance(image, mirrored(image)) > 12);
    CHECK(distance(image, drawn_photo(seed + 100)) > 12);
  }
}

TEST_CASE("the perceptual hash refuses a picture without pixels") {
  CHECK_THROWS_AS(perceptual_hash(RgbImage{}), c10::ValueError);
}
