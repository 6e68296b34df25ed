#include "tandem/audit/planted_swaps.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {

PlantedSwaps plant_swaps(const at::Tensor& image_of_text, double share, std::uint64_t seed) {
  check_shape("plant_swaps", "image_of_text", image_of_text, {kAnySize});
  const std::int64_t texts = image_of_text.size(0);
  const auto count = static_cast<std::int64_t>(std::llround(share * static_cast<double>(texts)));
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  // Captions in random order, the first of each picture: a random caption of every picture, in
  // random order.
  std::vector<std::int64_t> order(texts);
  for (std::int64_t j = 0; j < texts; ++j) order[j] = j;
  std::mt19937_64 chance(seed);
  for (std::int64_t j = texts; j > 1; --j)
    std::swap(order[j - 1], order[static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(j))]);
  std::vector<std::int64_t> places;
  std::vector<bool> taken;
  for (const std::int64_t j : order) {
    if (partner[j] >= static_cast<std::int64_t>(taken.size())) taken.resize(partner[j] + 1, false);
    if (taken[partner[j]]) continue;
    taken[partner[j]] = true;
    places.push_back(j);
  }
  const auto pictures = static_cast<std::int64_t>(places.size());
  TORCH_CHECK_VALUE(count >= 2 && count <= pictures, "plant_swaps: from 2 captions to one a picture (", pictures,
                    ") can be swapped, got ", count, " (", share, " of ", texts, ")");
  PlantedSwaps swaps{.text_of_place = at::arange(texts, at::kLong), .planted = at::zeros({texts}, at::kBool)};
  auto text = swaps.text_of_place.accessor<std::int64_t, 1>();
  auto planted = swaps.planted.accessor<bool, 1>();
  for (std::int64_t p = 0; p < count; ++p) {
    text[places[p]] = places[(p + 1) % count];
    planted[places[p]] = true;
  }
  return swaps;
}

double average_precision(const at::Tensor& score, const at::Tensor& marked) {
  check_shape("average_precision", "score", score, {kAnySize});
  check_shape("average_precision", "marked", marked, {score.size(0)});
  TORCH_CHECK_VALUE(!at::isnan(score).any().item<bool>(), "average_precision: scores must not be NaN");
  const auto [sorted, order] = at::sort(score.to(at::kDouble), /*stable=*/true, /*dim=*/0, /*descending=*/true);
  const auto value = sorted.accessor<double, 1>();
  const auto row = order.accessor<std::int64_t, 1>();
  const auto is_marked = marked.accessor<bool, 1>();
  double found = 0, sum = 0;
  for (std::int64_t begin = 0, end = 0; begin < sorted.size(0); begin = end) {
    double here = 0;
    for (; end < sorted.size(0) && value[end] == value[begin]; ++end) here += is_marked[row[end]] ? 1 : 0;
    found += here;
    sum += here * found / static_cast<double>(end);
  }
  TORCH_CHECK_VALUE(found > 0, "average_precision: at least one row must be marked");
  return sum / found;
}

}  // namespace tandem
