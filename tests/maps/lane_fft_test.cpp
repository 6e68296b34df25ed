#include "tandem/maps/lane_fft.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "mixture.h"

using tandem::kLanes;
using tandem::LaneFft;

TEST_CASE("a lane transform equals its definition at every mix of radices") {
  for (const std::int64_t length : {1, 2, 3, 4, 5, 6, 8, 15, 16, 18, 30, 60, 96, 150}) {
    const auto size = static_cast<std::size_t>(length * 2 * kLanes);
    std::vector<float> values(size), scratch(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(tandem::tests::noise(i));
    const std::vector<float> original = values;
    const float* result = LaneFft(length).transform(values.data(), scratch.data());
    double worst = 0;
    for (std::int64_t k = 0; k < length; ++k) {
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        std::complex<double> sum = 0;
        for (std::int64_t n = 0; n < length; ++n) {
          const double angle =
              -2 * std::numbers::pi * static_cast<double>(k * n % length) / static_cast<double>(length);
          sum += std::polar(1.0, angle) *
                 std::complex<double>(original[n * 2 * kLanes + lane], original[(n * 2 + 1) * kLanes + lane]);
        }
        worst = std::max(worst, std::abs(sum - std::complex<double>(result[k * 2 * kLanes + lane],
                                                                    result[(k * 2 + 1) * kLanes + lane])));
      }
    }
    CAPTURE(length);
    CHECK(worst < 1e-5 * std::sqrt(static_cast<double>(length)));  // rounding of log2(length) float stages
  }
}

TEST_CASE("a good length is even and at least what was asked and transforms") {
  for (std::int64_t least = 1; least < 1500; least += 7) {
    const std::int64_t length = LaneFft::good_length(least);
    CHECK(length >= least);
    CHECK(length % 2 == 0);
    CHECK(length <= std::max<std::int64_t>(2, least * 3 / 2));
    CHECK_NOTHROW(LaneFft{length});
  }
}

TEST_CASE("a length with another prime is refused") {
  CHECK_THROWS_WITH_AS(LaneFft(14), doctest::Contains("LaneFft: length must be a product of 2s, 3s and 5s, got 14"),
                       c10::ValueError);
  CHECK_THROWS_AS(LaneFft(0), c10::ValueError);
}
