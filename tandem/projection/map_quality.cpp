#include "tandem/projection/map_quality.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/projection/blocks.h"
#include "tandem/projection/nearest_neighbours.h"

namespace tandem {

double trustworthiness(const at::Tensor& rows, const at::Tensor& map, std::int64_t k) {
  check_shape("trustworthiness", "rows", rows, {kAnySize, kAnySize});
  check_shape("trustworthiness", "map", map, {rows.size(0), kAnySize});
  const std::int64_t count = rows.size(0);
  TORCH_CHECK_VALUE(k >= 1 && 2 * k < count, "trustworthiness: k must be at least 1 and below N / 2 = ",
                    static_cast<double>(count) / 2, ", got ", k);
  check_finite("trustworthiness", "rows", rows);
  check_finite("trustworthiness", "map", map);

  const at::Tensor values = rows.detach().to(at::kDouble).contiguous();
  const at::Tensor on_map = nearest_neighbours(map.detach().to(at::kFloat), k).row;
  const auto* neighbour = on_map.const_data_ptr<std::int64_t>();
  const std::int64_t tile = std::clamp<std::int64_t>(2'000'000 / count, 1, 64);
  std::vector<double> penalty(static_cast<std::size_t>(count), 0.0);
  for_each_block((count + tile - 1) / tile, [&](std::int64_t block) {
    const std::int64_t begin = block * tile, size = std::min(tile, count - begin);
    at::Tensor distance = at::cdist(values.narrow(0, begin, size), values, 2, /*compute_mode=*/2);
    for (std::int64_t i = 0; i < size; ++i)
      distance[i][begin + i].fill_(-1);  // first in its own order: rank 0
    const at::Tensor order = at::argsort(distance, /*stable=*/true, /*dim=*/1).contiguous();
    std::vector<std::int64_t> rank(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < size; ++i) {
      const auto* ordered = order.const_data_ptr<std::int64_t>() + i * count;
      for (std::int64_t place = 0; place < count; ++place) rank[ordered[place]] = place;
      for (std::int64_t j = 0; j < k; ++j) {
        const std::int64_t beyond = rank[neighbour[(begin + i) * k + j]] - k;
        penalty[begin + i] += static_cast<double>(std::max<std::int64_t>(beyond, 0));
      }
    }
  });
  double sum = 0;
  for (const double value : penalty) sum += value;
  const auto n = static_cast<double>(count), neighbours = static_cast<double>(k);
  return 1 - sum * 2 / (n * neighbours * (2 * n - 3 * neighbours - 1));
}

PairDistance pair_distance(const at::Tensor& image_points, const at::Tensor& text_points,
                           const at::Tensor& image_of_text) {
  check_shape("pair_distance", "image_points", image_points, {kAnySize, 2});
  check_shape("pair_distance", "text_points", text_points, {kAnySize, 2});
  check_shape("pair_distance", "image_of_text", image_of_text, {text_points.size(0)});
  const std::int64_t images = image_points.size(0), texts = text_points.size(0);
  TORCH_CHECK_VALUE(images > 0 && texts > 0, "pair_distance: both sides must have points, got ", images,
                    " and ", texts);
  const at::Tensor partner = image_of_text.to(at::kLong);
  TORCH_CHECK_VALUE(partner.min().item<std::int64_t>() >= 0 && partner.max().item<std::int64_t>() < images,
                    "pair_distance: image_of_text must be from 0 to ", images - 1);
  check_finite("pair_distance", "image_points", image_points);
  check_finite("pair_distance", "text_points", text_points);

  const at::Tensor image = image_points.detach().to(at::kDouble), text = text_points.detach().to(at::kDouble);
  PairDistance distance;
  distance.paired =
      at::linalg_vector_norm(text - at::index_select(image, 0, partner), 2, {1}).mean().item<double>();
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
