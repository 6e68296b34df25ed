#include "tandem/maps/placement.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/maps/nearest_neighbours.h"
#include "tandem/maps/perplexity.h"
#include "tandem/maps/repulsion.h"
#include "tandem/maps/row_distance.h"

namespace tandem {
namespace {

constexpr float kMomentum = 0.5F;
constexpr float kLongestMove = 0.25F;
constexpr float kStill = 1e-4F;  // a shorter step ends the descent

/// The neighbours of one new row and the probability that it picks each.
struct Pulls {
  const std::int64_t* row;
  const double* probability;
  std::int64_t count;
};

float weighted_median(const Pulls& pulls, const std::vector<float>& places) {
  std::vector<std::pair<float, double>> order;
  for (std::int64_t n = 0; n < pulls.count; ++n) {
    order.emplace_back(places[static_cast<std::size_t>(pulls.row[n])], pulls.probability[n]);
  }
  std::sort(order.begin(), order.end());
  double below = 0;
  for (const auto& [place, weight] : order) {
    below += weight;
    if (below >= 0.5) return place;
  }
  return order.back().first;
}

struct Place {
  float x;
  float y;
};

Place descend(const Pulls& pulls, const PlanePoints& map, Place place, int iterations) {
  float speed_x = 0, speed_y = 0;
  for (int iteration = 0; iteration < iterations; ++iteration) {
    const Push push = push_on(place.x, place.y, map);
    float slope_x = -push.x / push.potential;
    float slope_y = -push.y / push.potential;
    for (std::int64_t n = 0; n < pulls.count; ++n) {
      const auto row = static_cast<std::size_t>(pulls.row[n]);
      const float dx = place.x - map.x[row];
      const float dy = place.y - map.y[row];
      const float strength = static_cast<float>(pulls.probability[n]) / (1 + dx * dx + dy * dy);
      slope_x += strength * dx;
      slope_y += strength * dy;
    }
    speed_x = std::clamp(kMomentum * speed_x - slope_x, -kLongestMove, kLongestMove);
    speed_y = std::clamp(kMomentum * speed_y - slope_y, -kLongestMove, kLongestMove);
    place.x += speed_x;
    place.y += speed_y;
    if (std::abs(speed_x) + std::abs(speed_y) < kStill) break;
  }
  return place;
}

void check_arguments(const at::Tensor& rows, const at::Tensor& map, const at::Tensor& new_rows,
                     const PlacementOptions& options) {
  check_shape("place_on_map", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.size(0) > 0, "place_on_map: there must be a mapped row, got ", shape_text(rows));
  check_shape("place_on_map", "map", map, {rows.size(0), 2});
  check_shape("place_on_map", "new_rows", new_rows, {kAnySize, rows.size(1)});
  TORCH_CHECK_VALUE(options.perplexity >= 1 && std::isfinite(options.perplexity),
                    "place_on_map: perplexity must be at least 1, got ", options.perplexity);
  TORCH_CHECK_VALUE(options.iterations >= 0, "place_on_map: iterations must not be negative, got ", options.iterations);
  check_finite("place_on_map", "rows", rows);
  check_finite("place_on_map", "map", map);
  check_finite("place_on_map", "new_rows", new_rows);
}

PlanePoints plane_points(const at::Tensor& map) {
  const at::Tensor places = map.detach().to(at::kFloat).contiguous();
  const float* value = places.const_data_ptr<float>();
  PlanePoints points;
  for (std::int64_t i = 0; i < places.size(0); ++i) {
    points.x.push_back(value[2 * i]);
    points.y.push_back(value[2 * i + 1]);
  }
  return points;
}

}  // namespace

at::Tensor place_on_map(const at::Tensor& rows, const at::Tensor& map, const at::Tensor& new_rows,
                        const PlacementOptions& options) {
  check_arguments(rows, map, new_rows, options);
  const c10::NoGradGuard no_grad;
  const std::int64_t mapped = rows.size(0);
  const std::int64_t count = new_rows.size(0);
  at::Tensor placed = at::empty({count, 2}, at::kFloat);
  if (count == 0) return placed;
  const at::Tensor all =
      scaled_for_distances(at::cat({rows.detach().to(at::kDouble), new_rows.detach().to(at::kDouble)}));
  const double perplexity = std::min(options.perplexity, static_cast<double>(mapped));
  const std::int64_t k = std::min(mapped, static_cast<std::int64_t>(std::ceil(3 * perplexity)));
  const Neighbours neighbours = nearest_rows(all.narrow(0, mapped, count), all.narrow(0, 0, mapped), k);
  const at::Tensor probability = neighbour_probabilities(neighbours.squared_distance, perplexity);

  const PlanePoints points = plane_points(map);
  float* value = placed.mutable_data_ptr<float>();
  ThreadTeam team(at::get_num_threads());
  constexpr std::int64_t kRound = 512;
  for (std::int64_t first = 0; first < count; first += kRound) {
    const std::int64_t size = std::min(kRound, count - first);
    team.split(size, 8, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = first + begin; i < first + end; ++i) {
        const Pulls pulls{neighbours.row.const_data_ptr<std::int64_t>() + i * k,
                          probability.const_data_ptr<double>() + i * k, k};
        const Place start{weighted_median(pulls, points.x), weighted_median(pulls, points.y)};
        const Place place = descend(pulls, points, start, options.iterations);
        value[2 * i] = place.x;
        value[2 * i + 1] = place.y;
      }
    });
    if (options.progress) options.progress(first + size, count);
  }
  return placed;
}

}  // namespace tandem
