// Options of losses that are computed in tiles.
#pragma once

#include <cstdint>

namespace tandem {

enum class Products {
  kFloat32,
  kBFloat16  ///< factors and similarities are rounded to bf16; sums are fp32. Only for fp32 arguments
};

struct StreamingOptions {
  Products products = Products::kFloat32;
  std::int64_t tile_rows =
      0;  ///< 0: 1024 on a CPU, where they fit into the cache; 2048 elsewhere, for fewer and larger calls
  std::int64_t tile_columns = 0;  ///< 0: 2048 on a CPU, 4096 elsewhere
  std::int64_t kept_bytes =
      std::int64_t{40}
      << 20;  ///< of tiles that the forward pass keeps for the backward pass; 0: all are computed again
};

}  // namespace tandem
