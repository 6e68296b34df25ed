#include "tandem/maps/partitioned_neighbours.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/argmin.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/randperm.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/maps/blocks.h"
#include "tandem/maps/row_distance.h"
#include "tandem/maps/select_smallest.h"

namespace tandem {
namespace {

constexpr std::int64_t kSamplePerPart = 64;
constexpr int kRounds = 6;

/// The index of the nearest centre to every row.
std::vector<std::int32_t> assign(const at::Tensor& rows, const at::Tensor& centres) {
  const std::int64_t count = rows.size(0);
  const at::Tensor norms = squared_lengths(centres);
  std::vector<std::int32_t> part(static_cast<std::size_t>(count));
  constexpr std::int64_t kTile = 512;
  for_each_block((count + kTile - 1) / kTile, [&](std::int64_t block) {
    const std::int64_t begin = block * kTile;
    const std::int64_t size = std::min(kTile, count - begin);
    const at::Tensor nearest = at::argmin(at::addmm(norms, rows.narrow(0, begin, size), centres.t(), 1, -2), 1);
    for (std::int64_t i = 0; i < size; ++i) {
      part[static_cast<std::size_t>(begin + i)] = static_cast<std::int32_t>(nearest.const_data_ptr<std::int64_t>()[i]);
    }
  });
  return part;
}

/// k-means on a sample. A centre that no row is nearest to stays where it was.
at::Tensor find_centres(const at::Tensor& rows, std::int64_t parts, std::uint64_t seed) {
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const std::int64_t count = std::min(rows.size(0), parts * kSamplePerPart);
  const std::int64_t width = rows.size(1);
  const at::Tensor sample =
      at::index_select(rows, 0, at::randperm(rows.size(0), generator, at::kLong).narrow(0, 0, count));
  at::Tensor centres = sample.narrow(0, 0, parts).clone();
  const float* value = sample.const_data_ptr<float>();
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<std::int32_t> part = assign(sample, centres);
    std::vector<double> sum(static_cast<std::size_t>(parts * width), 0.0);
    std::vector<std::int64_t> members(static_cast<std::size_t>(parts), 0);
    for (std::int64_t i = 0; i < count; ++i) {
      double* total = sum.data() + part[static_cast<std::size_t>(i)] * width;
      for (std::int64_t d = 0; d < width; ++d) total[d] += value[i * width + d];
      ++members[static_cast<std::size_t>(part[static_cast<std::size_t>(i)])];
    }
    float* centre = centres.mutable_data_ptr<float>();
    for (std::int64_t p = 0; p < parts; ++p) {
      const auto many = static_cast<double>(members[static_cast<std::size_t>(p)]);
      if (many == 0) continue;
      for (std::int64_t d = 0; d < width; ++d)
        centre[p * width + d] = static_cast<float>(sum[static_cast<std::size_t>(p * width + d)] / many);
    }
  }
  return centres;
}

/// The rows, part after part.
struct Partition {
  at::Tensor centres;               ///< [P, D]
  at::Tensor rows;                  ///< [N, D]
  at::Tensor norms;                 ///< [N] their squared lengths
  std::vector<std::int64_t> begin;  ///< [P + 1] first row of every part
  std::vector<std::int64_t> name;   ///< [N] number of the row before it was moved
};

Partition partition(const at::Tensor& rows, std::int64_t parts, std::uint64_t seed) {
  Partition made;
  made.centres = find_centres(rows, parts, seed);
  const std::vector<std::int32_t> part = assign(rows, made.centres);
  made.begin.assign(static_cast<std::size_t>(parts) + 1, 0);
  for (const std::int32_t p : part) ++made.begin[static_cast<std::size_t>(p) + 1];
  std::partial_sum(made.begin.begin(), made.begin.end(), made.begin.begin());
  std::vector<std::int64_t> next(made.begin.begin(), made.begin.end() - 1);
  at::Tensor order = at::empty({rows.size(0)}, at::kLong);
  auto* place = order.mutable_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < rows.size(0); ++i)
    place[next[static_cast<std::size_t>(part[static_cast<std::size_t>(i)])]++] = i;
  made.name.assign(place, place + rows.size(0));
  made.rows = at::index_select(rows, 0, order);
  made.norms = squared_lengths(made.rows);
  return made;
}

/// Some rows of one part, which are searched together.
struct Tile {
  std::int64_t part;
  std::int64_t begin;
  std::int64_t size;
};

/// The parts to search for `part`, nearest first and itself among them, until they hold enough
/// rows.
std::vector<std::int64_t> parts_around(const Partition& made, std::int64_t part, std::int64_t candidates) {
  const std::int64_t parts = made.centres.size(0);
  const std::int64_t width = made.centres.size(1);
  const float* centre = made.centres.const_data_ptr<float>();
  std::vector<std::pair<float, std::int64_t>> order;
  for (std::int64_t p = 0; p < parts; ++p) {
    const bool own = p == part;  // before any other, even one with the same centre
    order.emplace_back(own ? -1.0F : squared_distance(centre + part * width, centre + p * width, width), p);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::int64_t> chosen;
  std::int64_t rows = 0;
  for (const auto& [far, p] : order) {
    if (rows >= candidates) break;
    const std::int64_t size = made.begin[static_cast<std::size_t>(p) + 1] - made.begin[static_cast<std::size_t>(p)];
    if (size == 0) continue;
    chosen.push_back(p);
    rows += size;
  }
  return chosen;
}

void search_tile(const Partition& made, const Tile& tile, std::int64_t candidates, std::int64_t k, Neighbours& found) {
  const std::int64_t width = made.rows.size(1);
  const at::Tensor queries = made.rows.narrow(0, tile.begin, tile.size);
  std::vector<std::int32_t> row_of_column;
  const std::vector<std::int64_t> parts = parts_around(made, tile.part, candidates);
  std::int64_t columns = 0;
  for (const std::int64_t p : parts)
    columns += made.begin[static_cast<std::size_t>(p) + 1] - made.begin[static_cast<std::size_t>(p)];
  at::Tensor score = at::empty({tile.size, columns}, queries.options());
  for (const std::int64_t p : parts) {
    const std::int64_t begin = made.begin[static_cast<std::size_t>(p)];
    const std::int64_t size = made.begin[static_cast<std::size_t>(p) + 1] - begin;
    at::Tensor piece = score.narrow(1, static_cast<std::int64_t>(row_of_column.size()), size);
    at::addmm_out(piece, made.norms.narrow(0, begin, size), queries, made.rows.narrow(0, begin, size).t(), 1, -2);
    for (std::int64_t row = begin; row < begin + size; ++row) row_of_column.push_back(static_cast<std::int32_t>(row));
  }
  // The own part comes first, so a row's own column is its place in it.
  const std::int64_t own = tile.begin - made.begin[static_cast<std::size_t>(tile.part)];
  const float* value = made.rows.const_data_ptr<float>();
  float* scores = score.mutable_data_ptr<float>();
  std::vector<Scored> chosen;
  std::vector<std::pair<float, std::int64_t>> order;
  for (std::int64_t i = 0; i < tile.size; ++i) {
    scores[i * columns + own + i] = std::numeric_limits<float>::infinity();
    select_smallest(scores + i * columns, columns, std::min(k + 8, columns - 1), chosen);
    order.clear();
    for (const auto& [score_of_one, column] : chosen) {
      const std::int64_t row = row_of_column[static_cast<std::size_t>(column)];
      order.emplace_back(squared_distance(value + (tile.begin + i) * width, value + row * width, width),
                         made.name[static_cast<std::size_t>(row)]);
    }
    std::sort(order.begin(), order.end());
    const std::int64_t name = made.name[static_cast<std::size_t>(tile.begin + i)];
    for (std::int64_t c = 0; c < k; ++c) {
      found.squared_distance.mutable_data_ptr<float>()[name * k + c] = order[static_cast<std::size_t>(c)].first;
      found.row.mutable_data_ptr<std::int64_t>()[name * k + c] = order[static_cast<std::size_t>(c)].second;
    }
  }
}

}  // namespace

Neighbours partitioned_neighbours(const at::Tensor& rows, std::int64_t k, const PartitionOptions& options) {
  check_shape("partitioned_neighbours", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat, "partitioned_neighbours: rows must be float32, got ",
                    rows.scalar_type());
  const std::int64_t count = rows.size(0);
  TORCH_CHECK_VALUE(k >= 1 && k < count, "partitioned_neighbours: k must be from 1 to N - 1 = ", count - 1, ", got ",
                    k);
  TORCH_CHECK_VALUE(options.candidates > k, "partitioned_neighbours: candidates must be above k = ", k, ", got ",
                    options.candidates);
  check_finite("partitioned_neighbours", "rows", rows);

  const auto parts = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(count))));
  const Partition made = partition(rows.detach().contiguous(), parts, options.seed);
  std::vector<Tile> tiles;
  for (std::int64_t p = 0; p < parts; ++p) {
    const std::int64_t begin = made.begin[static_cast<std::size_t>(p)];
    const std::int64_t end = made.begin[static_cast<std::size_t>(p) + 1];
    const std::int64_t most = std::clamp<std::int64_t>(4'000'000 / std::max(options.candidates, end - begin), 16, 256);
    for (std::int64_t first = begin; first < end; first += most)
      tiles.push_back({p, first, std::min(most, end - first)});
  }
  Neighbours found{at::empty({count, k}, rows.options().dtype(at::kLong)), at::empty({count, k}, rows.options())};
  for_each_block(static_cast<std::int64_t>(tiles.size()), [&](std::int64_t tile) {
    search_tile(made, tiles[static_cast<std::size_t>(tile)], options.candidates, k, found);
  });
  return found;
}

}  // namespace tandem
