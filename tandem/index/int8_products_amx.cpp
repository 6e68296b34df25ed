#include "tandem/index/int8_products_amx.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "tandem/index/quantised_rows.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tandem {
namespace {

constexpr std::int64_t kTileRows = 16;
constexpr std::int64_t kTileBytes = 64;
constexpr std::int64_t kTilesOfQueries = 4;
constexpr int kTileData = 18;               // The state component of AMX's tiles.
constexpr int kRequestPermission = 0x1023;  // arch_prctl's ARCH_REQ_XCOMP_PERM

struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};

/// GCC's tile instructions do not say which memory they read; what was written must be there before.
inline void settle_memory(const void* read) { __asm__ volatile("" : : "r"(read) : "memory"); }

/// Tiles 0 to 3 sum products, tile 4 holds codes of rows, tile 5 codes of queries.
__attribute__((target("amx-tile"))) void configure_tiles() {
  TileShapes shapes;
  for (int tile = 0; tile < 6; ++tile) {
    shapes.rows[tile] = kTileRows;
    shapes.row_bytes[tile] = kTileBytes;
  }
  settle_memory(&shapes);
  _tile_loadconfig(&shapes);
}

/// The products of 64 queries with one block of 16 rows.
__attribute__((target("amx-tile,amx-int8"))) void block_products(const std::uint8_t* block, std::int64_t width,
                                                                 const std::int8_t* queries, std::int32_t* products,
                                                                 std::int64_t stride) {
  const std::int64_t tile_of_queries = kTileRows * width;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::int64_t d = 0; d < width; d += kTileBytes) {
    _tile_loadd(4, block + d * kTileRows, kTileBytes);
    _tile_loadd(5, queries + d, width);
    _tile_dpbsud(0, 5, 4);
    _tile_loadd(5, queries + tile_of_queries + d, width);
    _tile_dpbsud(1, 5, 4);
    _tile_loadd(5, queries + 2 * tile_of_queries + d, width);
    _tile_dpbsud(2, 5, 4);
    _tile_loadd(5, queries + 3 * tile_of_queries + d, width);
    _tile_dpbsud(3, 5, 4);
  }
  const auto row_bytes = static_cast<std::int64_t>(sizeof(std::int32_t)) * stride;
  _tile_stored(0, products, row_bytes);
  _tile_stored(1, products + kTileRows * stride, row_bytes);
  _tile_stored(2, products + 2 * kTileRows * stride, row_bytes);
  _tile_stored(3, products + 3 * kTileRows * stride, row_bytes);
}

/// The same for 16 queries.
__attribute__((target("amx-tile,amx-int8"))) void narrow_block_products(const std::uint8_t* block, std::int64_t width,
                                                                        const std::int8_t* queries,
                                                                        std::int32_t* products, std::int64_t stride) {
  _tile_zero(0);
  for (std::int64_t d = 0; d < width; d += kTileBytes) {
    _tile_loadd(4, block + d * kTileRows, kTileBytes);
    _tile_loadd(5, queries + d, width);
    _tile_dpbsud(0, 5, 4);
  }
  _tile_stored(0, products, static_cast<std::int64_t>(sizeof(std::int32_t)) * stride);
}

__attribute__((target("amx-tile"))) void release_tiles() { _tile_release(); }

bool processor_has_amx_int8() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  __asm__("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(0), "c"(0));
  if (a < 7) return false;
  __asm__("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(7), "c"(0));
  return (d >> 24 & 1) != 0 && (d >> 25 & 1) != 0;
}

}  // namespace

bool amx_int8_usable() {
  static const bool usable = processor_has_amx_int8() && ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return usable;
}

void amx_products(const std::uint8_t* blocks, std::int64_t block_count, std::int64_t width, const std::int8_t* queries,
                  std::int64_t count, std::int32_t* products, std::int64_t stride) {
  const std::int64_t block_bytes = width * kRowsPerBlock;
  constexpr std::int64_t kAtOnce = kTilesOfQueries * kTileRows;
  std::vector<std::int8_t> padded;
  std::vector<std::int32_t> spare;
  configure_tiles();
  settle_memory(queries);
  std::int64_t q = 0;
  for (; q + kAtOnce <= count; q += kAtOnce) {
    for (std::int64_t block = 0; block < block_count; ++block) {
      block_products(blocks + block * block_bytes, width, queries + q * width,
                     products + q * stride + block * kRowsPerBlock, stride);
    }
  }
  for (; q < count; q += kTileRows) {
    const std::int64_t left = std::min(kTileRows, count - q);
    const std::int8_t* from = queries + q * width;
    std::int32_t* into = products + q * stride;
    if (left < kTileRows) {  // A tile's rows beyond the last query must be readable and writable.
      padded.assign(kTileRows * width, 0);
      std::memcpy(padded.data(), from, left * width);
      settle_memory(padded.data());
      from = padded.data();
      spare.resize(kTileRows * stride);
      into = spare.data();
    }
    for (std::int64_t block = 0; block < block_count; ++block)
      narrow_block_products(blocks + block * block_bytes, width, from, into + block * kRowsPerBlock, stride);
    if (left < kTileRows) {
      for (std::int64_t i = 0; i < left; ++i)
        std::copy_n(spare.data() + i * stride, block_count * kRowsPerBlock, products + (q + i) * stride);
    }
  }
  release_tiles();
}

}  // namespace tandem

#else

namespace tandem {

bool amx_int8_usable() { return false; }
void amx_products(const std::uint8_t*, std::int64_t, std::int64_t, const std::int8_t*, std::int64_t, std::int32_t*,
                  std::int64_t) {}

}  // namespace tandem

#endif
