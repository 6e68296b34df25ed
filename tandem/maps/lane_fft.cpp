#include "tandem/maps/lane_fft.h"

#include <c10/util/Exception.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <utility>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

struct Complex {
  Lanes real;
  Lanes imaginary;
};

#define TANDEM_INLINE inline __attribute__((always_inline))

TANDEM_INLINE void load(Complex& value, const float* from) { std::memcpy(&value, from, sizeof(value)); }
TANDEM_INLINE void store(float* to, const Complex& value) { std::memcpy(to, &value, sizeof(value)); }

TANDEM_INLINE void store_turned(float* to, const Complex& value, const float* factor) {
  const Complex turned{value.real * factor[0] - value.imaginary * factor[1],
                       value.real * factor[1] + value.imaginary * factor[0]};
  store(to, turned);
}

/// One stage: `butterflies` groups of `radix` values, each over `stride` neighbouring sequences.
struct Stage {
  std::int64_t butterflies;
  std::int64_t stride;
  const float* twiddles;
};

constexpr std::int64_t kStep = 2 * kLanes;

TANDEM_VECTOR_CLONES
void stage_2(const Stage& stage, const float* from, float* to) {
  for (std::int64_t p = 0; p < stage.butterflies; ++p) {
    const float* factor = stage.twiddles + p * 2;
    for (std::int64_t q = 0; q < stage.stride; ++q) {
      Complex a, b;
      load(a, from + (q + stage.stride * p) * kStep);
      load(b, from + (q + stage.stride * (p + stage.butterflies)) * kStep);
      float* out = to + (q + stage.stride * 2 * p) * kStep;
      store(out, Complex{a.real + b.real, a.imaginary + b.imaginary});
      store_turned(out + stage.stride * kStep, Complex{a.real - b.real, a.imaginary - b.imaginary}, factor);
    }
  }
}

TANDEM_VECTOR_CLONES
void stage_4(const Stage& stage, const float* from, float* to) {
  const std::int64_t part = stage.stride * stage.butterflies * kStep;
  for (std::int64_t p = 0; p < stage.butterflies; ++p) {
    const float* factor = stage.twiddles + p * 6;
    for (std::int64_t q = 0; q < stage.stride; ++q) {
      Complex a, b, c, d;
      const float* in = from + (q + stage.stride * p) * kStep;
      load(a, in);
      load(b, in + part);
      load(c, in + 2 * part);
      load(d, in + 3 * part);
      const Complex even_sum{a.real + c.real, a.imaginary + c.imaginary};
      const Complex even_difference{a.real - c.real, a.imaginary - c.imaginary};
      const Complex odd_sum{b.real + d.real, b.imaginary + d.imaginary};
      const Complex odd_turned{b.imaginary - d.imaginary, d.real - b.real};  // -i (b - d)
      float* out = to + (q + stage.stride * 4 * p) * kStep;
      store(out, Complex{even_sum.real + odd_sum.real, even_sum.imaginary + odd_sum.imaginary});
      store_turned(out + stage.stride * kStep,
                   Complex{even_difference.real + odd_turned.real, even_difference.imaginary + odd_turned.imaginary},
                   factor);
      store_turned(out + 2 * stage.stride * kStep,
                   Complex{even_sum.real - odd_sum.real, even_sum.imaginary - odd_sum.imaginary}, factor + 2);
      store_turned(out + 3 * stage.stride * kStep,
                   Complex{even_difference.real - odd_turned.real, even_difference.imaginary - odd_turned.imaginary},
                   factor + 4);
    }
  }
}

// An odd radix: values k and radix - k meet as sum and difference.
template <int Radix>
TANDEM_INLINE void odd_stage(const Stage& stage, const float* from, float* to) {
  constexpr int kHalf = (Radix - 1) / 2;
  std::array<std::array<float, kHalf>, kHalf> cosine{};
  std::array<std::array<float, kHalf>, kHalf> sine{};
  for (int j = 1; j <= kHalf; ++j) {
    for (int k = 1; k <= kHalf; ++k) {
      const double angle = 2 * std::numbers::pi * j * k / Radix;
      cosine[j - 1][k - 1] = static_cast<float>(std::cos(angle));
      sine[j - 1][k - 1] = static_cast<float>(std::sin(angle));
    }
  }
  const std::int64_t part = stage.stride * stage.butterflies * kStep;
  for (std::int64_t p = 0; p < stage.butterflies; ++p) {
    const float* factor = stage.twiddles + p * 2 * (Radix - 1);
    for (std::int64_t q = 0; q < stage.stride; ++q) {
      const float* in = from + (q + stage.stride * p) * kStep;
      float* out = to + (q + stage.stride * Radix * p) * kStep;
      Complex first, total;
      std::array<Complex, kHalf> sum, difference;
      load(first, in);
      total = first;
      for (int k = 0; k < kHalf; ++k) {
        Complex low, high;
        load(low, in + (k + 1) * part);
        load(high, in + (Radix - 1 - k) * part);
        sum[k] = Complex{low.real + high.real, low.imaginary + high.imaginary};
        difference[k] = Complex{low.real - high.real, low.imaginary - high.imaginary};
        total.real += sum[k].real;
        total.imaginary += sum[k].imaginary;
      }
      store(out, total);
      for (int j = 0; j < kHalf; ++j) {
        Complex even = first;
        Complex odd{Lanes{}, Lanes{}};
        for (int k = 0; k < kHalf; ++k) {
          even.real += cosine[j][k] * sum[k].real;
          even.imaginary += cosine[j][k] * sum[k].imaginary;
          odd.real += sine[j][k] * difference[k].imaginary;
          odd.imaginary -= sine[j][k] * difference[k].real;
        }
        store_turned(out + (j + 1) * stage.stride * kStep,
                     Complex{even.real + odd.real, even.imaginary + odd.imaginary}, factor + 2 * j);
        store_turned(out + (Radix - 1 - j) * stage.stride * kStep,
                     Complex{even.real - odd.real, even.imaginary - odd.imaginary}, factor + 2 * (Radix - 2 - j));
      }
    }
  }
}

TANDEM_VECTOR_CLONES
void stage_3(const Stage& stage, const float* from, float* to) { odd_stage<3>(stage, from, to); }

TANDEM_VECTOR_CLONES
void stage_5(const Stage& stage, const float* from, float* to) { odd_stage<5>(stage, from, to); }

}  // namespace

LaneFft::LaneFft(std::int64_t length) : length_(length) {
  std::int64_t left = length;
  for (const int radix : {5, 3, 4, 2}) {
    while (left > 1 && left % radix == 0) {
      radices_.push_back(radix);
      left /= radix;
    }
  }
  TORCH_CHECK_VALUE(length >= 1 && left == 1, "LaneFft: length must be a product of 2s, 3s and 5s, got ", length);
  left = length;
  for (const int radix : radices_) {
    for (std::int64_t p = 0; p < left / radix; ++p) {
      for (int k = 1; k < radix; ++k) {
        const double angle = -2 * std::numbers::pi * static_cast<double>(p * k) / static_cast<double>(left);
        twiddles_.push_back(static_cast<float>(std::cos(angle)));
        twiddles_.push_back(static_cast<float>(std::sin(angle)));
      }
    }
    left /= radix;
  }
}

float* LaneFft::transform(float* values, float* scratch) const {
  std::int64_t left = length_;
  Stage stage{0, 1, twiddles_.data()};
  for (const int radix : radices_) {
    stage.butterflies = left / radix;
    switch (radix) {
      case 2:
        stage_2(stage, values, scratch);
        break;
      case 3:
        stage_3(stage, values, scratch);
        break;
      case 4:
        stage_4(stage, values, scratch);
        break;
      default:
        stage_5(stage, values, scratch);
        break;
    }
    stage.twiddles += stage.butterflies * 2 * (radix - 1);
    stage.stride *= radix;
    left /= radix;
    std::swap(values, scratch);
  }
  return values;
}

std::int64_t LaneFft::good_length(std::int64_t least) {
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t odd : {1, 3, 5, 9, 15}) {
    std::int64_t length = 2 * odd;
    while (length < least) length *= 2;
    best = std::min(best, length);
  }
  return best;
}

}  // namespace tandem
