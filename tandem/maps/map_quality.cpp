#include "tandem/maps/map_quality.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/maps/blocks.h"

namespace tandem {

namespace {

/// Squared distances of a few rows to all, in double precision.
///
///   values   [N, D]  float64, centred
///   squares  [N]     squared length of every row
at::Tensor squared_distances(const at::Tensor& values, const at::Tensor& squares, const at::Tensor& chosen) {
  const at::Tensor part = at::index_select(values, 0, chosen);
  return at::matmul(part, values.t()).mul_(-2).add_(squares).add_(at::index_select(squares, 0, chosen).unsqueeze(1));
}

/// The k nearest to row `self`, which is not its own neighbour.
std::vector<std::int64_t> nearest(const double* distance, std::int64_t count, std::int64_t self, std::int64_t k) {
  std::vector<std::pair<double, std::int64_t>> heap;  // the farthest of the chosen on top
  for (std::int64_t j = 0; j < count; ++j) {
    if (j == self) continue;
    if (static_cast<std::int64_t>(heap.size()) < k) {
      heap.emplace_back(distance[j], j);
      std::push_heap(heap.begin(), heap.end());
    } else if (distance[j] < heap.front().first) {
      std::pop_heap(heap.begin(), heap.end());
      heap.back() = {distance[j], j};
      std::push_heap(heap.begin(), heap.end());
    }
  }
  std::sort_heap(heap.begin(), heap.end());
  std::vector<std::int64_t> rows;
  for (const auto& [far, row] : heap) rows.push_back(row);
  return rows;
}

/// By how many ranks the neighbours found in one space lie beyond the first k of the other.
std::int64_t places_beyond(const double* distance, std::int64_t count, std::int64_t self,
                           const std::vector<std::int64_t>& neighbours) {
  std::int64_t sum = 0;
  for (const std::int64_t neighbour : neighbours) {
    const double limit = distance[neighbour];
    std::int64_t nearer = 0;
    for (std::int64_t j = 0; j < neighbour; ++j) nearer += distance[j] <= limit;
    for (std::int64_t j = neighbour + 1; j < count; ++j) nearer += distance[j] < limit;
    nearer -= distance[self] < limit || (distance[self] == limit && self < neighbour);
    sum += std::max<std::int64_t>(nearer + 1 - static_cast<std::int64_t>(neighbours.size()), 0);
  }
  return sum;
}

struct Counts {
  std::int64_t false_places = 0;
  std::int64_t lost_places = 0;
  std::int64_t kept = 0;
};

Counts count_row(const double* in_truth, const double* on_map, std::int64_t count, std::int64_t self, std::int64_t k) {
  const std::vector<std::int64_t> true_ones = nearest(in_truth, count, self, k);
  const std::vector<std::int64_t> shown_ones = nearest(on_map, count, self, k);
  Counts counts{.false_places = places_beyond(in_truth, count, self, shown_ones),
                .lost_places = places_beyond(on_map, count, self, true_ones)};
  for (const std::int64_t row : true_ones) counts.kept += std::count(shown_ones.begin(), shown_ones.end(), row);
  return counts;
}

/// Centred, so that products keep the precision of small distances far from the origin.
at::Tensor centred(const at::Tensor& rows) {
  const at::Tensor values = rows.detach().to(at::kDouble);
  return (values - values.mean(0)).contiguous();
}

}  // namespace

MapQuality map_quality(const at::Tensor& rows, const at::Tensor& map, std::int64_t k, std::int64_t most_rows) {
  check_shape("map_quality", "rows", rows, {kAnySize, kAnySize});
  check_shape("map_quality", "map", map, {rows.size(0), kAnySize});
  const std::int64_t count = rows.size(0);
  TORCH_CHECK_VALUE(k >= 1 && 2 * k < count,
                    "map_quality: k must be at least 1 and below N / 2 = ", static_cast<double>(count) / 2, ", got ",
                    k);
  TORCH_CHECK_VALUE(most_rows >= 0, "map_quality: most_rows must not be negative, got ", most_rows);
  check_finite("map_quality", "rows", rows);
  check_finite("map_quality", "map", map);

  const at::Tensor truth = centred(rows);
  const at::Tensor plane = centred(map);
  const at::Tensor truth_squares = (truth * truth).sum(1);
  const at::Tensor plane_squares = (plane * plane).sum(1);
  const std::int64_t looked_at = most_rows > 0 ? std::min(most_rows, count) : count;
  const std::int64_t tile = std::clamp<std::int64_t>(2'000'000 / count, 1, 64);
  std::vector<Counts> counts(static_cast<std::size_t>(looked_at));
  for_each_block((looked_at + tile - 1) / tile, [&](std::int64_t block) {
    const std::int64_t begin = block * tile;
    const std::int64_t size = std::min(tile, looked_at - begin);
    at::Tensor chosen = at::empty({size}, at::kLong);
    auto* row = chosen.mutable_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < size; ++i) row[i] = (begin + i) * count / looked_at;
    const at::Tensor in_truth = squared_distances(truth, truth_squares, chosen);
    const at::Tensor on_map = squared_distances(plane, plane_squares, chosen);
    for (std::int64_t i = 0; i < size; ++i) {
      counts[static_cast<std::size_t>(begin + i)] = count_row(
          in_truth.const_data_ptr<double>() + i * count, on_map.const_data_ptr<double>() + i * count, count, row[i], k);
    }
  });
  Counts sum;
  for (const Counts& one : counts) {
    sum.false_places += one.false_places;
    sum.lost_places += one.lost_places;
    sum.kept += one.kept;
  }
  const auto n = static_cast<double>(count);
  const auto neighbours = static_cast<double>(k);
  const auto seen = static_cast<double>(looked_at);
  const double worst = seen * neighbours * (2 * n - 3 * neighbours - 1) / 2;
  return {.neighbours = k,
          .rows_looked_at = looked_at,
          .trustworthiness = 1 - static_cast<double>(sum.false_places) / worst,
          .continuity = 1 - static_cast<double>(sum.lost_places) / worst,
          .neighbours_kept = static_cast<double>(sum.kept) / (seen * neighbours)};
}

PairDistance pair_distance(const at::Tensor& image_points, const at::Tensor& text_points,
                           const at::Tensor& image_of_text) {
  check_shape("pair_distance", "image_points", image_points, {kAnySize, 2});
  check_shape("pair_distance", "text_points", text_points, {kAnySize, 2});
  check_shape("pair_distance", "image_of_text", image_of_text, {text_points.size(0)});
  const std::int64_t images = image_points.size(0);
  const std::int64_t texts = text_points.size(0);
  TORCH_CHECK_VALUE(images > 0 && texts > 0, "pair_distance: both sides must have points, got ", images, " and ",
                    texts);
  const at::Tensor partner = image_of_text.to(at::kLong);
  TORCH_CHECK_VALUE(partner.min().item<std::int64_t>() >= 0 && partner.max().item<std::int64_t>() < images,
                    "pair_distance: image_of_text must be from 0 to ", images - 1);
  check_finite("pair_distance", "image_points", image_points);
  check_finite("pair_distance", "text_points", text_points);

  const at::Tensor image = image_points.detach().to(at::kDouble);
  const at::Tensor text = text_points.detach().to(at::kDouble);
  PairDistance distance;
  distance.paired = at::linalg_vector_norm(text - at::index_select(image, 0, partner), 2, {1}).mean().item<double>();
  double sum = 0;
  constexpr std::int64_t kTile = 1024;
  for (std::int64_t begin = 0; begin < texts; begin += kTile) {
    const at::Tensor part = text.narrow(0, begin, std::min(kTile, texts - begin));
    sum += at::cdist(part, image, 2, /*compute_mode=*/2).sum().item<double>();
  }
  distance.random = sum / (static_cast<double>(images) * static_cast<double>(texts));
  return distance;
}

}  // namespace tandem
