#include "tandem/maps/nearest_neighbours.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/maps/blocks.h"
#include "tandem/maps/row_distance.h"
#include "tandem/maps/select_smallest.h"

namespace tandem {
namespace {

void check_rows(std::string_view function, std::string_view name, const at::Tensor& rows) {
  check_shape(function, name, rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat, function, ": ", name, " must be float32, got ",
                    rows.scalar_type());
  check_finite(function, name, rows);
}

/// A few more than requested, so that rounding in the product cannot exclude a true neighbour.
constexpr std::int64_t kSpare = 8;

constexpr std::int64_t kFloatsInLine = 16;  // of the cache

/// Sorts the chosen rows by distances computed from the differences, and keeps the k nearest.
///
///   query  [width]
void order_nearest(const float* query, const at::Tensor& rows, const std::vector<Scored>& chosen, std::int64_t k,
                   std::int64_t* row, float* distance) {
  const float* values = rows.const_data_ptr<float>();
  const std::int64_t width = rows.size(1);
  std::vector<std::pair<float, std::int64_t>> order;
  order.reserve(chosen.size());
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    if (c + 1 < chosen.size()) {  // the rows are scattered in memory: the next one is fetched while this one is used
      const float* next = values + chosen[c + 1].second * width;
      for (std::int64_t d = 0; d < width; d += kFloatsInLine) __builtin_prefetch(next + d);
    }
    const std::int64_t other = chosen[c].second;
    order.emplace_back(squared_distance(query, values + other * width, width), other);
  }
  std::sort(order.begin(), order.end());
  for (std::int64_t c = 0; c < k; ++c) {
    distance[c] = order[static_cast<std::size_t>(c)].first;
    row[c] = order[static_cast<std::size_t>(c)].second;
  }
}

Neighbours empty_neighbours(std::int64_t asked, std::int64_t k, const at::Tensor& rows) {
  return {at::empty({asked, k}, rows.options().dtype(at::kLong)), at::empty({asked, k}, rows.options())};
}

Neighbours search_others(const at::Tensor& queries, const at::Tensor& rows, std::int64_t k) {
  const std::int64_t count = rows.size(0);
  const std::int64_t asked = queries.size(0);
  const float* query_values = queries.const_data_ptr<float>();
  const at::Tensor norms = squared_lengths(rows);
  Neighbours found = empty_neighbours(asked, k, rows);
  auto* found_row = found.row.mutable_data_ptr<std::int64_t>();
  auto* found_distance = found.squared_distance.mutable_data_ptr<float>();
  const std::int64_t candidates = std::min(k + kSpare, count);
  const std::int64_t tile = std::clamp<std::int64_t>(4'000'000 / count, 16, 256);
  for_each_block((asked + tile - 1) / tile, [&](std::int64_t block) {
    const std::int64_t begin = block * tile;
    const std::int64_t size = std::min(tile, asked - begin);
    // |b|^2 - 2ab: |a|^2 does not change the order
    const at::Tensor score = at::addmm(norms, queries.narrow(0, begin, size), rows.t(), 1, -2);
    std::vector<Scored> chosen;
    for (std::int64_t i = 0; i < size; ++i) {
      select_smallest(score.const_data_ptr<float>() + i * count, count, candidates, chosen);
      order_nearest(query_values + (begin + i) * rows.size(1), rows, chosen, k, found_row + (begin + i) * k,
                    found_distance + (begin + i) * k);
    }
  });
  return found;
}

/// A band of rows against all later ones, in both directions: every product of two rows is computed
/// once. Rows keep their nearest so far between bands.
class MutualSearch {
 public:
  MutualSearch(const at::Tensor& rows, std::int64_t k)
      : rows_(rows), k_(k), norms_(squared_lengths(rows)), smallest_(static_cast<std::size_t>(rows.size(0))) {
    for (SmallestSoFar& smallest : smallest_) smallest.restart(std::min(k + kSpare, rows.size(0) - 1));
  }

  Neighbours run() {
    const std::int64_t count = rows_.size(0);
    const std::int64_t width = rows_.size(1);
    for (std::int64_t begin = 0; begin < count; begin += kBand) take_band(begin, std::min(kBand, count - begin));
    Neighbours found = empty_neighbours(count, k_, rows_);
    auto* found_row = found.row.mutable_data_ptr<std::int64_t>();
    auto* found_distance = found.squared_distance.mutable_data_ptr<float>();
    constexpr std::int64_t kRows = 64;
    for_each_block((count + kRows - 1) / kRows, [&](std::int64_t block) {
      for (std::int64_t i = block * kRows; i < std::min(count, (block + 1) * kRows); ++i) {
        order_nearest(rows_.const_data_ptr<float>() + i * width, rows_, smallest_[static_cast<std::size_t>(i)].kept(),
                      k_, found_row + i * k_, found_distance + i * k_);
      }
    });
    return found;
  }

 private:
  static constexpr std::int64_t kBand = 256, kPart = 512;

  void take_band(std::int64_t begin, std::int64_t size) {
    const std::int64_t count = rows_.size(0);
    const float* norm = norms_.const_data_ptr<float>();
    const at::Tensor band = rows_.narrow(0, begin, size);
    const std::int64_t parts = (count - begin + kPart - 1) / kPart;
    if (products_.size() < static_cast<std::size_t>(parts)) products_.resize(static_cast<std::size_t>(parts));
    for_each_block(parts, [&](std::int64_t part) {
      const std::int64_t first = begin + part * kPart;
      const std::int64_t columns = std::min(kPart, count - first);
      at::Tensor& product = products_[static_cast<std::size_t>(part)];  // -2ab
      if (!product.defined() || product.size(0) != size || product.size(1) != columns)
        product = at::empty({size, columns}, rows_.options());
      at::addmm_out(product, product, band, rows_.narrow(0, first, columns).t(), 0, -2);
      float* value = product.mutable_data_ptr<float>();
      if (part == 0) {
        for (std::int64_t i = 0; i < size; ++i) value[i * columns + i] = std::numeric_limits<float>::infinity();
      }
      std::vector<float> across(static_cast<std::size_t>(size));
      for (std::int64_t c = part == 0 ? size : 0; c < columns; ++c) {
        for (std::int64_t i = 0; i < size; ++i) across[static_cast<std::size_t>(i)] = value[i * columns + c];
        smallest_[static_cast<std::size_t>(first + c)].add(across.data(), norm + begin, size, begin);
      }
    });
    constexpr std::int64_t kRows = 32;
    for_each_block((size + kRows - 1) / kRows, [&](std::int64_t block) {
      for (std::int64_t i = block * kRows; i < std::min(size, (block + 1) * kRows); ++i) {
        for (std::int64_t part = 0; part < parts; ++part) {
          const at::Tensor& product = products_[static_cast<std::size_t>(part)];
          const std::int64_t first = begin + part * kPart;
          const std::int64_t columns = product.size(1);
          smallest_[static_cast<std::size_t>(begin + i)].add(product.const_data_ptr<float>() + i * columns,
                                                             norm + first, columns, first);
        }
      }
    });
  }

  const at::Tensor& rows_;
  const std::int64_t k_;
  const at::Tensor norms_;
  std::vector<SmallestSoFar> smallest_;  ///< of every row
  std::vector<at::Tensor> products_;     ///< of the band, a part of the columns each; the memory serves all bands
};

}  // namespace

Neighbours nearest_neighbours(const at::Tensor& rows, std::int64_t k) {
  check_rows("nearest_neighbours", "rows", rows);
  TORCH_CHECK_VALUE(k >= 1 && k < rows.size(0), "nearest_neighbours: k must be from 1 to N - 1 = ", rows.size(0) - 1,
                    ", got ", k);
  const at::Tensor values = rows.detach().contiguous();
  return MutualSearch(values, k).run();
}

Neighbours nearest_rows(const at::Tensor& queries, const at::Tensor& rows, std::int64_t k) {
  check_rows("nearest_rows", "rows", rows);
  check_shape("nearest_rows", "queries", queries, {kAnySize, rows.size(1)});
  check_rows("nearest_rows", "queries", queries);
  TORCH_CHECK_VALUE(k >= 1 && k <= rows.size(0), "nearest_rows: k must be from 1 to N = ", rows.size(0), ", got ", k);
  return search_others(queries.detach().contiguous(), rows.detach().contiguous(), k);
}

}  // namespace tandem
