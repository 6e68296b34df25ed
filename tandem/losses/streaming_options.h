// How losses are computed in tiles.
#pragma once

#include <cstdint>

namespace tandem {

enum class Products {
  kFloat32,
  kBFloat16  ///< factors are rounded to bf16, similarities too; sums are fp32. Only for fp32 arguments
};

struct StreamingOptions {
  Products products = Products::kFloat32;
  std::int64_t tile_rows =
      0;  ///< 0: 1024 on a CPU, whose cache holds them; 2048 elsewhere, to have fewer and larger calls
  std::int64_t tile_columns = 0;  ///< 0: 2048 on a CPU, 4096 elsewhere
  std::int64_t kept_bytes =
      std::int64_t{40}
      << 20;  ///< of tiles that the forward pass leaves to the backward pass; 0: it makes all of them again
};

}  // namespace tandem
