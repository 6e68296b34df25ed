#include "tandem/losses/similarity_tiles.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

namespace tandem {

SimilarityTiles::SimilarityTiles(const at::Tensor& left, const at::Tensor& right, double factor, TilesOf part,
                                 const StreamingOptions& options)
    : left_(left.detach()), right_(right.detach()), factor_(factor), part_(part), options_(options) {
  const std::int64_t times = left.is_cpu() ? 1 : 2;
  options_.tile_rows = std::min(options.tile_rows > 0 ? options.tile_rows : 1024 * times, left.size(0));
  options_.tile_columns = std::min(options.tile_columns > 0 ? options.tile_columns : 2048 * times, right.size(0));
}

at::Tensor SimilarityTiles::buffer(const TilePlace& place) {
  if (!buffer_.defined())
    buffer_ = at::empty({options_.tile_rows * std::max(options_.tile_rows, options_.tile_columns)}, left_.options());
  return buffer_.narrow(0, 0, place.rows * place.columns).view({place.rows, place.columns});
}

void SimilarityTiles::take_factors(const TilePlace& place) {
  rows_ = left_.narrow(0, place.top, place.rows);
  columns_ = right_.narrow(0, place.left, place.columns);
  if (options_.products == Products::kFloat32) return;
  rows_ = rows_.to(at::kBFloat16);
  columns_ = columns_.to(at::kBFloat16);
}

void SimilarityTiles::multiply(const at::Tensor& piece, std::int64_t begin) const {
  const at::Tensor rows = rows_.narrow(0, begin, piece.size(0));
  at::Tensor answer = piece;
  if (options_.products == Products::kFloat32) {
    at::addmm_out(answer, answer, rows, columns_.t(), 0, factor_);
  } else {
    answer.copy_(at::mm(rows, columns_.t())).mul_(factor_);
  }
}

void SimilarityTiles::add_left_product(const at::Tensor& piece, const TilePlace& place,
                                       const at::Tensor& left_gradient) const {
  at::Tensor rows = left_gradient.narrow(0, place.top, place.rows);
  if (options_.products == Products::kFloat32) {
    rows.addmm_(piece, columns_, 1, factor_);
  } else {
    rows.add_(at::mm(piece.to(at::kBFloat16), columns_), factor_);
  }
}

void SimilarityTiles::add_right_product(const at::Tensor& tile, const TilePlace& place,
                                        const at::Tensor& right_gradient) const {
  each_piece(left_.is_cpu(), place.columns, [&](std::int64_t begin, std::int64_t count, std::int64_t) {
    at::Tensor columns = right_gradient.narrow(0, place.left + begin, count);
    const at::Tensor piece = tile.narrow(1, begin, count).t();
    if (options_.products == Products::kFloat32) {
      columns.addmm_(piece, rows_, 1, factor_);
    } else {
      columns.add_(at::mm(piece.to(at::kBFloat16), rows_), factor_);
    }
  });
}

at::Tensor KeptTiles::buffer(SimilarityTiles& tiles, const TilePlace& place, const at::TensorOptions& options) {
  const std::int64_t bytes = place.rows * place.columns * static_cast<std::int64_t>(options.dtype().itemsize());
  full_ = full_ || bytes > room_bytes_;
  if (full_) return tiles.buffer(place);
  room_bytes_ -= bytes;
  tiles_.push_back(at::empty({place.rows, place.columns}, options));
  return tiles_.back();
}

at::Tensor KeptTiles::take(std::int64_t index) {
  at::Tensor tile;
  if (index < static_cast<std::int64_t>(tiles_.size())) std::swap(tile, tiles_[static_cast<std::size_t>(index)]);
  return tile;
}

}  // namespace tandem
