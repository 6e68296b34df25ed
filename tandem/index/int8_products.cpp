#include "tandem/index/int8_products.h"

#include <algorithm>

#include "tandem/index/int8_products_amx.h"
#include "tandem/index/quantised_rows.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define TANDEM_X86 1
#include <immintrin.h>
#endif

namespace tandem {
namespace {

constexpr std::int64_t kQueriesInRegisters = 4;

void plain_block(const std::uint8_t* block, std::int64_t width, const std::int8_t* query, std::int32_t* products) {
  std::int32_t sums[kRowsPerBlock] = {};
  for (std::int64_t d = 0; d < width; d += 4) {
    for (std::int64_t row = 0; row < kRowsPerBlock; ++row) {
      const std::uint8_t* codes = block + d * kRowsPerBlock + row * 4;
      for (int i = 0; i < 4; ++i) sums[row] += static_cast<std::int32_t>(codes[i]) * query[d + i];
    }
  }
  std::copy_n(sums, kRowsPerBlock, products);
}

#ifdef TANDEM_X86

/// Four codes of a query, as one 32-bit value.
std::int32_t four_codes(const std::int8_t* query) {
  std::int32_t four = 0;
  __builtin_memcpy(&four, query, sizeof four);
  return four;
}

/// vpmaddubsw multiplies unsigned by signed values and adds two products in 16 bits. Absolute
/// values of codes are at most 127, so that 2 * 127 * 127 fits; the sign goes to the query.
__attribute__((target("avx2"))) void avx2_block(const std::uint8_t* block, std::int64_t width, const std::int8_t* query,
                                                std::int32_t* products) {
  const __m256i unsign = _mm256_set1_epi8(static_cast<char>(0x80));
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i low = _mm256_setzero_si256();
  __m256i high = _mm256_setzero_si256();
  for (std::int64_t d = 0; d < width; d += 4) {
    const __m256i asked = _mm256_set1_epi32(four_codes(query + d));
    const auto* codes = reinterpret_cast<const __m256i*>(block + d * kRowsPerBlock);
    const __m256i first = _mm256_xor_si256(_mm256_loadu_si256(codes), unsign);
    const __m256i second = _mm256_xor_si256(_mm256_loadu_si256(codes + 1), unsign);
    const __m256i first_sums = _mm256_maddubs_epi16(_mm256_abs_epi8(first), _mm256_sign_epi8(asked, first));
    const __m256i second_sums = _mm256_maddubs_epi16(_mm256_abs_epi8(second), _mm256_sign_epi8(asked, second));
    low = _mm256_add_epi32(low, _mm256_madd_epi16(first_sums, ones));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(second_sums, ones));
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(products), low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(products + 8), high);
}

/// One query. Four sums, because an addition waits for the one before it.
__attribute__((target("avx512f,avx512bw,avx512vnni"))) void vnni_block(const std::uint8_t* block, std::int64_t width,
                                                                       const std::int8_t* query,
                                                                       std::int32_t* products) {
  __m512i sums[4] = {};
  for (std::int64_t d = 0; d < width; d += 16) {
    for (int i = 0; i < 4; ++i) {
      const __m512i codes = _mm512_loadu_si512(block + (d + 4 * i) * kRowsPerBlock);
      sums[i] = _mm512_dpbusd_epi32(sums[i], codes, _mm512_set1_epi32(four_codes(query + d + 4 * i)));
    }
  }
  const __m512i all = _mm512_add_epi32(_mm512_add_epi32(sums[0], sums[1]), _mm512_add_epi32(sums[2], sums[3]));
  _mm512_storeu_si512(products, all);
}

/// Four queries, which share what is loaded of the rows.
__attribute__((target("avx512f,avx512bw,avx512vnni"))) void vnni_block_of_four(const std::uint8_t* block,
                                                                               std::int64_t width,
                                                                               const std::int8_t* queries,
                                                                               std::int32_t* products,
                                                                               std::int64_t stride) {
  __m512i sums[kQueriesInRegisters] = {};
  for (std::int64_t d = 0; d < width; d += 4) {
    const __m512i codes = _mm512_loadu_si512(block + d * kRowsPerBlock);
    for (std::int64_t q = 0; q < kQueriesInRegisters; ++q)
      sums[q] = _mm512_dpbusd_epi32(sums[q], codes, _mm512_set1_epi32(four_codes(queries + q * width + d)));
  }
  for (std::int64_t q = 0; q < kQueriesInRegisters; ++q) _mm512_storeu_si512(products + q * stride, sums[q]);
}

#endif

using OneQuery = void (*)(const std::uint8_t*, std::int64_t, const std::int8_t*, std::int32_t*);

void one_by_one(OneQuery one, const std::uint8_t* blocks, std::int64_t block_count, std::int64_t width,
                const std::int8_t* queries, std::int64_t count, std::int32_t* products, std::int64_t stride) {
  for (std::int64_t block = 0; block < block_count; ++block) {
    for (std::int64_t q = 0; q < count; ++q) {
      one(blocks + block * width * kRowsPerBlock, width, queries + q * width,
          products + q * stride + block * kRowsPerBlock);
    }
  }
}

#ifdef TANDEM_X86

void vnni_products(const std::uint8_t* blocks, std::int64_t block_count, std::int64_t width, const std::int8_t* queries,
                   std::int64_t count, std::int32_t* products, std::int64_t stride) {
  for (std::int64_t block = 0; block < block_count; ++block) {
    const std::uint8_t* codes = blocks + block * width * kRowsPerBlock;
    std::int32_t* into = products + block * kRowsPerBlock;
    std::int64_t q = 0;
    for (; q + kQueriesInRegisters <= count; q += kQueriesInRegisters)
      vnni_block_of_four(codes, width, queries + q * width, into + q * stride, stride);
    for (; q < count; ++q) vnni_block(codes, width, queries + q * width, into + q * stride);
  }
}

#endif

/// Takes away what storing codes without a sign has added: 128 times the sum of a query's codes.
void subtract_offset(const std::int8_t* queries, std::int64_t count, std::int64_t width, std::int64_t rows,
                     std::int32_t* products, std::int64_t stride) {
  for (std::int64_t q = 0; q < count; ++q) {
    std::int32_t sum = 0;
    for (std::int64_t d = 0; d < width; ++d) sum += queries[q * width + d];
    for (std::int64_t row = 0; row < rows; ++row) products[q * stride + row] -= 128 * sum;
  }
}

std::vector<Int8Kernel> kernels_here() {
  std::vector<Int8Kernel> kernels = {Int8Kernel::kPlain};
#ifdef TANDEM_X86
  if (__builtin_cpu_supports("avx2")) kernels.push_back(Int8Kernel::kAvx2);
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni")) kernels.push_back(Int8Kernel::kVnni);
#endif
  if (amx_int8_usable()) kernels.push_back(Int8Kernel::kAmx);
  return kernels;
}

}  // namespace

const std::vector<Int8Kernel>& usable_int8_kernels() {
  static const std::vector<Int8Kernel> kernels = kernels_here();
  return kernels;
}

Int8Kernel best_int8_kernel(std::int64_t queries) {
  constexpr std::int64_t kPaysForTiles = 6;
  const std::vector<Int8Kernel>& kernels = usable_int8_kernels();
  const bool tiles = kernels.back() == Int8Kernel::kAmx;
  return tiles && queries < kPaysForTiles ? kernels[kernels.size() - 2] : kernels.back();
}

void int8_products(Int8Kernel kernel, const std::uint8_t* blocks, std::int64_t block_count, std::int64_t width,
                   const std::int8_t* queries, std::int64_t count, std::int32_t* products, std::int64_t stride) {
#ifdef TANDEM_X86
  if (kernel == Int8Kernel::kAvx2)  // It subtracts on its own.
    return one_by_one(avx2_block, blocks, block_count, width, queries, count, products, stride);
  if (kernel == Int8Kernel::kVnni) vnni_products(blocks, block_count, width, queries, count, products, stride);
#endif
  if (kernel == Int8Kernel::kAmx) amx_products(blocks, block_count, width, queries, count, products, stride);
  if (kernel == Int8Kernel::kPlain)
    one_by_one(plain_block, blocks, block_count, width, queries, count, products, stride);
  subtract_offset(queries, count, width, block_count * kRowsPerBlock, products, stride);
}

}  // namespace tandem
