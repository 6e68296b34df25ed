// Dot products of 8-bit codes, exact in int32, with the instructions that the processor has.
#pragma once

#include <cstdint>
#include <vector>

namespace tandem {

/// Ways to compute the same numbers, the slowest first.
enum class Int8Kernel {
  kPlain,  ///< any processor
  kAvx2,   ///< x86-64 with AVX2
  kVnni,   ///< with AVX-512 VNNI
  kAmx     ///< with AMX int8: many queries at once
};

/// Those that this processor and its operating system offer, kPlain among them, in the order above.
const std::vector<Int8Kernel>& usable_int8_kernels();

/// The fastest of them for so many queries at once.
Int8Kernel best_int8_kernel(std::int64_t queries);

/// products[q * stride + r] = the sum over d of queries[q * width + d] * (code d of row r - 128), for all
/// rows r of the blocks.
///
///   blocks   [blocks, width / 4, 16, 4] as in QuantisedRows
///   width    a multiple of kCodesPerStep, at most kWidestRow
///   queries  [count, width]
///   stride   at least 16 * block_count
void int8_products(Int8Kernel kernel, const std::uint8_t* blocks, std::int64_t block_count, std::int64_t width,
                   const std::int8_t* queries, std::int64_t count, std::int32_t* products, std::int64_t stride);

}  // namespace tandem
