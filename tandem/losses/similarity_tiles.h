// Similarities of two sides in tiles, and the products that bring gradients back from tiles to rows.
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/losses/pair_log_sums.h"

namespace tandem {

/// Where a tile lies in the matrix.
struct TilePlace {
  std::int64_t top = 0, rows = 0, left = 0, columns = 0;
};

class SimilarityTiles {
 public:
  /// left, right: [B, D], detached. `factor`: exp(log_scale).
  SimilarityTiles(const at::Tensor& left, const at::Tensor& right, double factor, const StreamingOptions& options);

  /// Calls visit(tile, place) for every tile of factor left right^T, row after row. The tile is a buffer the visitor may write to.
  template <typename Visit>
  void each(const Visit& visit) {
    for (std::int64_t top = 0; top < left_.size(0); top += options_.tile_rows) {
      begin_rows(top);
      for (std::int64_t begin = 0; begin < right_.size(0); begin += options_.tile_columns) {
        const TilePlace place = place_of(top, begin);
        visit(similarities(place), place);
      }
    }
  }

  /// Adds factor tile right to rows of `left_gradient` and factor tile^T left to rows of `right_gradient`.
  void add_products(const at::Tensor& tile, const TilePlace& place, at::Tensor& left_gradient, at::Tensor& right_gradient);

  /// The same for the left side alone.
  void add_left_product(const at::Tensor& tile, const TilePlace& place, at::Tensor& left_gradient);

 private:
  void begin_rows(std::int64_t top);
  TilePlace place_of(std::int64_t top, std::int64_t begin) const;
  at::Tensor similarities(const TilePlace& place);

  at::Tensor left_, right_;
  double factor_;
  StreamingOptions options_;
  at::Tensor rows_, columns_, tile_;  ///< the factors at hand, rounded if they are to be; the tile's buffer
};

}  // namespace tandem
