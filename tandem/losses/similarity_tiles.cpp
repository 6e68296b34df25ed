#include "tandem/losses/similarity_tiles.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include <algorithm>

namespace tandem {

SimilarityTiles::SimilarityTiles(const at::Tensor& left, const at::Tensor& right, double factor, const StreamingOptions& options)
    : left_(left), right_(right), factor_(factor), options_(options) {
  options_.tile_rows = std::min(options.tile_rows, left.size(0));
  options_.tile_columns = std::min(options.tile_columns, right.size(0));
  tile_ = at::empty({options_.tile_rows * options_.tile_columns}, left.options());
}

TilePlace SimilarityTiles::place_of(std::int64_t top, std::int64_t begin) const {
  return {.top = top, .rows = rows_.size(0), .left = begin, .columns = std::min(options_.tile_columns, right_.size(0) - begin)};
}

void SimilarityTiles::begin_rows(std::int64_t top) {
  rows_ = left_.narrow(0, top, std::min(options_.tile_rows, left_.size(0) - top)) * factor_;
  if (options_.products == Products::kBFloat16) rows_ = rows_.to(at::kBFloat16);
}

at::Tensor SimilarityTiles::similarities(const TilePlace& place) {
  columns_ = right_.narrow(0, place.left, place.columns);
  at::Tensor tile = tile_.narrow(0, 0, place.rows * place.columns).view({place.rows, place.columns});
  if (options_.products == Products::kBFloat16) {
    columns_ = columns_.to(at::kBFloat16);
    tile.copy_(at::mm(rows_, columns_.t()));
  } else {
    at::mm_out(tile, rows_, columns_.t());
  }
  return tile;
}

void SimilarityTiles::add_left_product(const at::Tensor& tile, const TilePlace& place, at::Tensor& left_gradient) {
  at::Tensor rows = left_gradient.narrow(0, place.top, place.rows);
  if (options_.products == Products::kBFloat16) {
    rows.add_(at::mm(tile.to(at::kBFloat16), columns_), factor_);
  } else {
    rows.addmm_(tile, columns_, 1, factor_);
  }
}

void SimilarityTiles::add_products(const at::Tensor& tile, const TilePlace& place, at::Tensor& left_gradient, at::Tensor& right_gradient) {
  at::Tensor columns = right_gradient.narrow(0, place.left, place.columns);
  if (options_.products == Products::kBFloat16) {
    const at::Tensor rounded = tile.to(at::kBFloat16);
    left_gradient.narrow(0, place.top, place.rows).add_(at::mm(rounded, columns_), factor_);
    columns.add_(at::mm(rounded.t(), rows_));  // rows_ holds the factor already
  } else {
    add_left_product(tile, place, left_gradient);
    columns.addmm_(tile.t(), rows_);
  }
}

}  // namespace tandem
