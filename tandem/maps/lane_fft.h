// Eight complex Fourier transforms side by side, one in each lane of a vector register (Stockham's
// order). LibTorch's transforms divide their work by the number of threads and allocate at every
// call. Here a thread keeps its buffers, and the zero half of a padded grid is never transformed.
#pragma once

#include <cstdint>
#include <vector>

namespace tandem {

/// With 8 lanes a butterfly of four complex values fits the registers of AVX2; with 16 it spilled
/// and took twice the time.
inline constexpr std::int64_t kLanes = 8;

/// Transforms of one length.
class LaneFft {
 public:
  /// `length` must be a product of 2s, 3s and 5s. Throws c10::ValueError otherwise.
  explicit LaneFft(std::int64_t length);

  /// X[k] = sum over n of x[n] exp(-2 pi i k n / length), in every lane, not normalised.
  ///
  ///   values   [length, 2, kLanes]  real parts, then imaginary parts; overwritten
  ///   scratch  [length, 2, kLanes]  overwritten
  ///
  /// Returns the one of the two that holds the result.
  float* transform(float* values, float* scratch) const;

  std::int64_t length() const { return length_; }

  /// The smallest even length of at least `least` that transforms quickly.
  static std::int64_t good_length(std::int64_t least);

 private:
  std::int64_t length_;
  std::vector<int> radices_;
  std::vector<float> twiddles_;  ///< per stage and butterfly: radix - 1 complex factors
};

}  // namespace tandem
