#include "tandem/losses/tile_loops.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <type_traits>

#include "tandem/base/vector_clones.h"

// Bodies are written once for both types, and must be inlined into each clone to be compiled with
// its instructions.
#define TANDEM_INLINE [[gnu::always_inline]] inline

namespace tandem::tile_loops {
namespace {

template <typename T>
struct ExpOf;

/// exp(x) = 2^n exp(r), r = x - n log 2: the Taylor series of exp(r) to below rounding, and n added
/// to the exponent's bits.
template <>
struct ExpOf<float> {
  using Bits = std::int32_t;
  static constexpr float kRounder = 12582912.0F;  ///< 1.5 * 2^23: adding it leaves the nearest integer in the low bits
  static constexpr float kLog2Head = 0.693359375F, kLog2Tail = -2.12194440e-4F;
  static constexpr float kSmallest = -87.0F;  ///< below it exp is 0, as far as a sum can tell
  static constexpr int kMantissaBits = 23, kTerms = 7, kAtanhTerms = 8;
};

template <>
struct ExpOf<double> {
  using Bits = std::int64_t;
  static constexpr double kRounder = 6755399441055744.0;  ///< 1.5 * 2^52
  static constexpr double kLog2Head = 6.93145751953125e-1, kLog2Tail = 1.42860682030941723212e-6;
  static constexpr double kSmallest = -708.0;
  static constexpr int kMantissaBits = 52, kTerms = 13, kAtanhTerms = 17;
};

/// Selects one of two by their bits: a choice that the vectoriser never compiles to a branch.
template <typename T>
TANDEM_INLINE T chosen(bool condition, T one, T other) {
  using Bits = typename ExpOf<T>::Bits;
  const Bits mask = -static_cast<Bits>(condition);
  return std::bit_cast<T>((std::bit_cast<Bits>(one) & mask) | (std::bit_cast<Bits>(other) & ~mask));
}

template <typename T>
constexpr std::array<T, 14> kOneOverFactorial = [] {
  std::array<T, 14> values{};
  double factorial = 1;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k > 0) factorial *= static_cast<double>(k);
    values[k] = static_cast<T>(1 / factorial);
  }
  return values;
}();

/// For x up to the type's largest exponent. NaN stays NaN.
template <typename T>
TANDEM_INLINE T exponential(T x) {
  using Of = ExpOf<T>;
  using Bits = typename Of::Bits;
  const T rounded = x * T(1.4426950408889634) + Of::kRounder;
  const T n = rounded - Of::kRounder;
  const T r = (x - n * Of::kLog2Head) - n * Of::kLog2Tail;
  T series = kOneOverFactorial<T>[Of::kTerms];
#pragma GCC unroll 16
  for (int k = Of::kTerms - 1; k >= 0; --k) series = series * r + kOneOverFactorial<T>[k];
  const Bits shift = (std::bit_cast<Bits>(rounded) - std::bit_cast<Bits>(Of::kRounder)) << Of::kMantissaBits;
  const T scaled = std::bit_cast<T>(std::bit_cast<Bits>(series) + shift);
  return chosen(x < Of::kSmallest, T(0), scaled);
}

/// log(1 + u) for u in [0, 1], as 2 atanh(u / (2 + u)): exact for small u too.
template <typename T>
TANDEM_INLINE T log_of_one_and(T u) {
  const T z = u / (2 + u);
  const T square = z * z;
  T series = 0;
#pragma GCC unroll 32
  for (int k = ExpOf<T>::kAtanhTerms; k >= 0; --k) series = T(1) / T(2 * k + 1) + series * square;
  return 2 * z * series;
}

template <typename T>
TANDEM_INLINE T magnitude(T x) {
  return chosen(x < 0, -x, x);
}

/// Whether the entry of a row (of group `group`, with its own partner in column `own`) and column j
/// takes part.
template <bool kGrouped>
TANDEM_INLINE bool takes_part(const std::int32_t* column_group, std::int32_t group, std::int32_t own, std::int32_t j) {
  if constexpr (!kGrouped) return true;
  return static_cast<bool>(static_cast<int>(column_group[j] != group) | static_cast<int>(j == own));
}

/// The column of a row's own partner if that takes part, else a column that does not exist.
template <typename T>
TANDEM_INLINE std::int32_t own_of(const Tile<T>& tile, std::int64_t row) {
  const std::int64_t column = tile.own_column + row;
  return tile.own_stays && column >= 0 && column < tile.columns ? static_cast<std::int32_t>(column) : -1;
}

template <bool kGrouped, typename T>
TANDEM_INLINE std::int32_t group_of(const Tile<T>& tile, std::int64_t row) {
  if constexpr (!kGrouped) return 0;
  return tile.row_group[row];
}

/// visit(row's entries, row, columns, takes(j)) for every row.
template <bool kGrouped, typename T, typename Visit>
TANDEM_INLINE void each_row(const Tile<T>& tile, const Visit& visit) {
  const auto columns = static_cast<std::int32_t>(tile.columns);
  const std::int32_t* const column_group = tile.column_group;
  for (std::int64_t i = 0; i < tile.rows; ++i) {
    const std::int32_t group = group_of<kGrouped>(tile, i);
    const std::int32_t own = own_of(tile, i);
    visit(
        tile.entries + i * tile.columns, i, columns, [&](std::int32_t j) __attribute__((always_inline)) {
          return takes_part<kGrouped>(column_group, group, own, j);
        });
  }
}

template <bool kGrouped, typename T>
TANDEM_INLINE void plain_sums_of(const Tile<T>& tile, const Sums<T>& sums) {
  T* const column_sum = sums.column_sum;
  std::fill_n(column_sum, tile.columns, T(0));
  each_row<kGrouped>(
      tile, [&](T * entries, std::int64_t i, std::int32_t columns, const auto& takes) __attribute__((always_inline)) {
        T sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int32_t j = 0; j < columns; ++j) {
          const T e = chosen(takes(j), exponential(entries[j]), T(0));
          entries[j] = e;
          column_sum[j] += e;
          sum += e;
        }
        sums.row_sum[i] = sum;
      });
}

template <bool kGrouped, typename T>
TANDEM_INLINE void shifted_sums_of(const Tile<T>& tile, const Sums<T>& sums) {
  constexpr T kNothing = -std::numeric_limits<T>::infinity();
  T *const column_largest = sums.column_largest, *const column_sum = sums.column_sum;
  std::fill_n(column_largest, tile.columns, kNothing);
  std::fill_n(column_sum, tile.columns, T(0));
  each_row<kGrouped>(
      tile, [&](T * entries, std::int64_t i, std::int32_t columns, const auto& takes) __attribute__((always_inline)) {
        T largest = kNothing;
#pragma omp simd reduction(max : largest)
        for (std::int32_t j = 0; j < columns; ++j) {
          const T s = chosen(takes(j), entries[j], kNothing);
          entries[j] = s;
          column_largest[j] = s > column_largest[j] ? s : column_largest[j];
          largest = s > largest ? s : largest;
        }
        const T over = largest == kNothing ? T(0) : largest;
        T sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int32_t j = 0; j < columns; ++j) sum += exponential(entries[j] - over);
        sums.row_largest[i] = largest;
        sums.row_sum[i] = sum;
      });
  each_row<false>(
      tile, [&](const T* entries, std::int64_t, std::int32_t columns, const auto&) __attribute__((always_inline)) {
#pragma omp simd
        for (std::int32_t j = 0; j < columns; ++j) {
          const T over = chosen(column_largest[j] == kNothing, T(0), column_largest[j]);
          column_sum[j] += exponential(entries[j] - over);
        }
      });
}

template <bool kGrouped, typename T>
TANDEM_INLINE void weigh_logits_of(const Tile<T>& tile, const T* row_share, const T* column_share) {
  each_row<kGrouped>(
      tile, [&](T * entries, std::int64_t i, std::int32_t columns, const auto& takes) __attribute__((always_inline)) {
        const T share = row_share[i];
#pragma omp simd
        for (std::int32_t j = 0; j < columns; ++j) {
          const T weighed = exponential(entries[j]) * (share + column_share[j]);
          entries[j] = chosen(takes(j), weighed, T(0));
        }
      });
}

template <typename T>
TANDEM_INLINE void weigh_exponentials_of(const Tile<T>& tile, const T* row_share, const T* column_share) {
  each_row<false>(
      tile, [&](T * entries, std::int64_t i, std::int32_t columns, const auto&) __attribute__((always_inline)) {
        const T share = row_share[i];
#pragma omp simd
        for (std::int32_t j = 0; j < columns; ++j) entries[j] *= share + column_share[j];
      });
}

template <bool kGrouped, typename T>
TANDEM_INLINE void weigh_shifted_of(const Tile<T>& tile, const Gradients<T>& of) {
  each_row<kGrouped>(
      tile, [&](T * entries, std::int64_t i, std::int32_t columns, const auto& takes) __attribute__((always_inline)) {
        const T gradient = of.row_gradient[i];
        const T log = of.row_log[i];
#pragma omp simd
        for (std::int32_t j = 0; j < columns; ++j) {
          const T weighed = gradient * exponential(entries[j] - log) +
                            of.column_gradient[j] * exponential(entries[j] - of.column_log[j]);
          entries[j] = chosen(takes(j), weighed, T(0));
        }
      });
}

template <bool kGrouped, typename T>
TANDEM_INLINE double softplus_sum_of(const Tile<T>& tile, T bias) {
  double total = 0;
  each_row<kGrouped>(
      tile, [&](const T* entries, std::int64_t, std::int32_t columns, const auto& takes)
                __attribute__((always_inline)) {
                  T sum = 0;
#pragma omp simd reduction(+ : sum)
                  for (std::int32_t j = 0; j < columns; ++j) {
                    const T x = entries[j] + bias;
                    const T softplus = chosen(x < 0, T(0), x) + log_of_one_and(exponential(-magnitude(x)));
                    sum += chosen(takes(j), softplus, T(0));
                  }
                  total += static_cast<double>(sum);
                });
  return total;
}

template <bool kGrouped, typename T>
TANDEM_INLINE double weigh_sigmoid_of(const Tile<T>& tile, T bias, T weight) {
  double total = 0;
  each_row<kGrouped>(
      tile, [&](T * entries, std::int64_t, std::int32_t columns, const auto& takes) __attribute__((always_inline)) {
        T sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int32_t j = 0; j < columns; ++j) {
          const T x = entries[j] + bias;
          const T small = exponential(-magnitude(x));
          const T sigmoid = chosen(x < 0, small, T(1)) / (1 + small);
          const T weighed = chosen(takes(j), weight * sigmoid, T(0));
          entries[j] = weighed;
          sum += weighed;
        }
        total += static_cast<double>(sum);
      });
  return total;
}

}  // namespace

// One definition per pass and type, because clones can be made of functions and not of templates.
#define TANDEM_TILE_PASS(T)                                                                                           \
  TANDEM_VECTOR_CLONES void plain_sums(const Tile<T>& tile, const Sums<T>& sums) {                                    \
    tile.row_group ? plain_sums_of<true>(tile, sums) : plain_sums_of<false>(tile, sums);                              \
  }                                                                                                                   \
  TANDEM_VECTOR_CLONES void shifted_sums(const Tile<T>& tile, const Sums<T>& sums) {                                  \
    tile.row_group ? shifted_sums_of<true>(tile, sums) : shifted_sums_of<false>(tile, sums);                          \
  }                                                                                                                   \
  TANDEM_VECTOR_CLONES void weigh_logits(const Tile<T>& tile, const T* row_share, const T* column_share) {            \
    tile.row_group ? weigh_logits_of<true>(tile, row_share, column_share)                                             \
                   : weigh_logits_of<false>(tile, row_share, column_share);                                           \
  }                                                                                                                   \
  TANDEM_VECTOR_CLONES void weigh_exponentials(const Tile<T>& tile, const T* row_share, const T* column_share) {      \
    weigh_exponentials_of(tile, row_share, column_share);                                                             \
  }                                                                                                                   \
  TANDEM_VECTOR_CLONES void weigh_shifted(const Tile<T>& tile, const Gradients<T>& gradients) {                       \
    tile.row_group ? weigh_shifted_of<true>(tile, gradients) : weigh_shifted_of<false>(tile, gradients);              \
  }                                                                                                                   \
  TANDEM_VECTOR_CLONES double softplus_sum(const Tile<T>& tile, T bias) {                                             \
    return tile.row_group ? softplus_sum_of<true>(tile, bias) : softplus_sum_of<false>(tile, bias);                   \
  }                                                                                                                   \
  TANDEM_VECTOR_CLONES double weigh_sigmoid(const Tile<T>& tile, T bias, T weight) {                                  \
    return tile.row_group ? weigh_sigmoid_of<true>(tile, bias, weight) : weigh_sigmoid_of<false>(tile, bias, weight); \
  }

TANDEM_TILE_PASS(float)
TANDEM_TILE_PASS(double)

#undef TANDEM_TILE_PASS
#undef TANDEM_INLINE

}  // namespace tandem::tile_loops
