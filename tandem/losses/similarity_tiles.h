// A matrix of similarities as tiles, one after the other in one buffer, with the products that
// compute them and that pass gradients back.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <vector>

#include "tandem/base/one_thread_products.h"
#include "tandem/losses/streaming_options.h"

namespace tandem {

/// The position of a tile, or of a piece of its rows, in the matrix.
struct TilePlace {
  std::int64_t top = 0, rows = 0, left = 0, columns = 0;
};

constexpr std::int64_t kPiece = 256;

/// Calls work(begin, count, index) for pieces of [0, count): on LibTorch's threads if the tensors
/// are on the CPU, otherwise once for all. The pieces do not depend on the number of threads, so
/// the bits do not depend on it either.
template <typename Work>
void each_piece(bool on_cpu, std::int64_t count, const Work& work) {
  if (!on_cpu) return work(0, count, 0);
  at::parallel_for(0, (count + kPiece - 1) / kPiece, 1, [&](std::int64_t first, std::int64_t last) {
    const OneThreadProducts same_bits;
    for (std::int64_t i = first; i < last; ++i) work(i * kPiece, std::min(kPiece, count - i * kPiece), i);
  });
}

/// The number of pieces in each_piece.
inline std::int64_t pieces_of(bool on_cpu, std::int64_t count) { return on_cpu ? (count + kPiece - 1) / kPiece : 1; }

enum class TilesOf {
  kWholeMatrix,
  kUpperTriangle  ///< of a symmetric matrix: square tiles on the diagonal, and those to the right of them
};

class SimilarityTiles {
 public:
  /// left [B1, D], right [B2, D]: contiguous. The tiles are those of factor left right^T.
  SimilarityTiles(const at::Tensor& left, const at::Tensor& right, double factor, TilesOf part,
                  const StreamingOptions& options);

  /// Calls visit(place, index) for every tile, row by row.
  template <typename Visit>
  void each(const Visit& visit) const {
    std::int64_t index = 0;
    for (std::int64_t top = 0; top < left_.size(0); top += options_.tile_rows) {
      const std::int64_t rows = std::min(options_.tile_rows, left_.size(0) - top);
      for (std::int64_t begin = part_ == TilesOf::kUpperTriangle ? top : 0; begin < right_.size(0);) {
        const std::int64_t columns = part_ == TilesOf::kUpperTriangle && begin == top
                                         ? rows
                                         : std::min(options_.tile_columns, right_.size(0) - begin);
        visit(TilePlace{.top = top, .rows = rows, .left = begin, .columns = columns}, index++);
        begin += columns;
      }
    }
  }

  /// A buffer for the tile's entries, [rows, columns]. Different calls may return the same memory.
  at::Tensor buffer(const TilePlace& place);

  /// Fills the tile and calls visit(piece, place of the piece, index) for pieces of its rows, on
  /// several threads.
  template <typename Visit>
  void fill(const at::Tensor& tile, const TilePlace& place, const Visit& visit) {
    take_factors(place);
    each_piece(left_.is_cpu(), place.rows, [&](std::int64_t begin, std::int64_t count, std::int64_t index) {
      const at::Tensor piece = tile.narrow(0, begin, count);
      multiply(piece, begin);
      visit(piece, TilePlace{.top = place.top + begin, .rows = count, .left = place.left, .columns = place.columns},
            index);
    });
  }

  /// The same for a tile that is already filled.
  template <typename Visit>
  void revisit(const at::Tensor& tile, const TilePlace& place, const Visit& visit) {
    take_factors(place);
    each_piece(left_.is_cpu(), place.rows, [&](std::int64_t begin, std::int64_t count, std::int64_t index) {
      visit(tile.narrow(0, begin, count),
            TilePlace{.top = place.top + begin, .rows = count, .left = place.left, .columns = place.columns}, index);
    });
  }

  /// Adds factor piece right to the piece's rows of `left_gradient`. For use in `visit`.
  void add_left_product(const at::Tensor& piece, const TilePlace& place, const at::Tensor& left_gradient) const;

  /// Adds factor tile^T left to the tile's columns of `right_gradient`. For use after fill() or
  /// revisit().
  void add_right_product(const at::Tensor& tile, const TilePlace& place, const at::Tensor& right_gradient) const;

 private:
  void take_factors(const TilePlace& place);
  void multiply(const at::Tensor& piece, std::int64_t begin) const;

  at::Tensor left_, right_;
  double factor_;
  TilesOf part_;
  StreamingOptions options_;
  at::Tensor rows_, columns_;  ///< of the current tile, rounded to bf16 if the options ask for it
  at::Tensor buffer_;
};

/// Tiles that the forward pass keeps for the backward pass: the first ones, as many as fit.
class KeptTiles {
 public:
  explicit KeptTiles(std::int64_t room_bytes) : room_bytes_(room_bytes) {}

  /// The buffer for a tile in the forward pass: its own memory if there is room, else a reused
  /// buffer.
  at::Tensor buffer(SimilarityTiles& tiles, const TilePlace& place, const at::TensorOptions& options);

  /// Removes and returns the kept tile `index`; undefined if it was not kept or was already taken.
  at::Tensor take(std::int64_t index);

 private:
  std::int64_t room_bytes_;
  bool full_ = false;
  std::vector<at::Tensor> tiles_;
};

}  // namespace tandem
