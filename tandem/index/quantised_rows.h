// Rows in 8 bits per value, with proven bounds on what that costs: the coarse copy of a gallery
// that a search reads first. Symmetric quantisation, one scale per row.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

constexpr std::int64_t kRowsPerBlock = 16;    ///< rows whose codes are interleaved
constexpr std::int64_t kCodesPerStep = 64;    ///< widths are padded with zeros to a multiple
constexpr std::int64_t kBlocksPerGroup = 16;  ///< blocks that share their bounds
constexpr std::int64_t kRowsPerGroup = kRowsPerBlock * kBlocksPerGroup;
constexpr std::int64_t kWidestRow = 65536;  ///< sums of products of codes stay in an int32

/// N rows x of width D. Row i is about scale[i] * (codes of row i - 128).
struct QuantisedRows {
  std::int64_t rows = 0;   ///< N
  std::int64_t width = 0;  ///< D
  /// [B, W / 4, 16, 4] uint8 with B = N / 16 and W = D, both rounded up: four neighbouring codes of
  /// each of 16 rows lie side by side, as instructions that multiply 8-bit values take them.
  at::Tensor codes;
  at::Tensor scale;  ///< [N] float32, not negative
  /// [G] float32, G = N / 256 rounded up. For every row x of a group, the Euclidean norm of x minus
  /// what its codes stand for is at most `error`, and the norm of what they stand for at most `length`.
  at::Tensor error;
  at::Tensor length;
};

/// One query y in 8 bits: about scale * codes.
struct QuantisedQuery {
  float scale = 0;
  float error = 0;   ///< at least the norm of y minus what its codes stand for
  float length = 0;  ///< at least the norm of y
};

/// Quantises rows.
///
///   rows  [N, D] float32, on the CPU
///
/// Throws c10::ValueError if N is 0, D is 0 or larger than kWidestRow, or a value is not finite.
QuantisedRows quantise_rows(const at::Tensor& rows);

/// W: the width of a row's codes with its padding.
std::int64_t padded_width(std::int64_t width);

/// Quantises one query of `width` values into padded_width(width) signed codes.
QuantisedQuery quantise_query(const float* query, std::int64_t width, std::int8_t* codes);

}  // namespace tandem
