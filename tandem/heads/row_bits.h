// The inner loops of row_chance.h: 32 random bits per column, and the numbers made from them.
// Written so that compilers turn them into vector code.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace tandem {

/// 32 bits for a column of the row with this key: "triple32" (C. Wellons, hash-prospector), with
/// its second round keyed.
inline std::uint32_t row_bits(std::uint64_t key, std::uint32_t column) {
  std::uint32_t x = column + static_cast<std::uint32_t>(key);
  x ^= x >> 17;
  x *= 0xed5ad4bbU;
  x ^= x >> 11;
  x ^= static_cast<std::uint32_t>(key >> 32);
  x *= 0xac4c1b51U;
  x ^= x >> 15;
  x *= 0x31848babU;
  return x ^ (x >> 14);
}

/// log(x) for x in [2^-24, 1], accurate to about 1e-6 (the series of 2 atanh).
inline float log_of_unit(float x) {
  // The exponent is chosen so that the rest lies in [sqrt(1/2), sqrt(2)).
  const std::int32_t bits = std::bit_cast<std::int32_t>(x) - 0x3f3504f3;
  const float exponent = static_cast<float>(bits >> 23);
  const float rest = std::bit_cast<float>((bits & 0x007fffff) + 0x3f3504f3);
  const float s = (rest - 1) / (rest + 1);
  const float s2 = s * s;
  return exponent * 0.69314718F + 2 * s * (1 + s2 * (1.0F / 3 + s2 * (1.0F / 5 + s2 * (1.0F / 7))));
}

/// sin(pi x) for x in [-1/2, 1/2], accurate to 1e-7.
inline float sine_of_half_turns(float x) {
  const float y = 3.14159265F * x;
  const float y2 = y * y;
  return y * (1 + y2 * (-1.0F / 6 +
                        y2 * (1.0F / 120 + y2 * (-1.0F / 5040 + y2 * (1.0F / 362880 - y2 * (1.0F / 39916800))))));
}

struct NormalPair {
  float first, second;
};

/// Two independent normal numbers from two 32-bit numbers.
inline NormalPair normal_pair(std::uint32_t a, std::uint32_t b) {
  const float radius =
      std::sqrt(-2 * log_of_unit(static_cast<float>(static_cast<std::int32_t>(a >> 8) + 1) * 0x1p-24F));
  const float turn = static_cast<float>(static_cast<std::int32_t>(b)) * 0x1p-31F;  // angle / pi, in [-1, 1]
  const float size = std::fabs(turn);
  const float folded = std::copysign(size > 0.5F ? 1 - size : size, turn);                 // sin(pi - a) = sin(a)
  return {radius * sine_of_half_turns(folded), radius * sine_of_half_turns(0.5F - size)};  // cos(a) = sin(pi / 2 - |a|)
}

inline constexpr std::int64_t kPairedColumns =
    32;  ///< a column shares its bits with the column this far to its right: two numbers need two times 32 bits

/// Normal numbers, times `deviation`, for columns [begin, begin + 64) of the row.
inline void normal_block(float* block, std::uint64_t key, std::uint32_t begin, float deviation) {
  for (std::uint32_t i = 0; i < kPairedColumns; ++i) {
    const NormalPair pair = normal_pair(row_bits(key, begin + i), row_bits(key, begin + i + kPairedColumns));
    block[i] = deviation * pair.first;
    block[i + kPairedColumns] = deviation * pair.second;
  }
}

/// 31 random bits below this limit mean "dropped".
inline std::int32_t dropout_limit(double share) { return static_cast<std::int32_t>(share * 0x1p31); }

/// exp(x) for x in [-80, 0], with a relative error of 2e-7.
inline float exp_of_negative(float x) {
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it leaves no room for a fraction
  const float turns = x * 1.44269504F;
  const float whole = (turns + kRound) - kRound;
  const float y = (turns - whole) * 0.69314718F;
  const float power =
      1 + y * (1 + y * (1.0F / 2 + y * (1.0F / 6 + y * (1.0F / 24 + y * (1.0F / 120 + y * (1.0F / 720))))));
  return power * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

}  // namespace tandem
