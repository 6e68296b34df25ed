#include "tandem/maps/tsne.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tandem/base/one_thread_products.h"
#include "tandem/base/shape_check.h"
#include "tandem/maps/attraction.h"
#include "tandem/maps/grid_repulsion.h"
#include "tandem/maps/nearest_neighbours.h"
#include "tandem/maps/partitioned_neighbours.h"
#include "tandem/maps/pca.h"
#include "tandem/maps/perplexity.h"
#include "tandem/maps/randomised_pca.h"
#include "tandem/maps/repulsion.h"
#include "tandem/maps/row_distance.h"
#include "tandem/maps/thread_team.h"

namespace tandem {
namespace {

constexpr double kInitialSpread = 1e-4;          // standard deviation of the first coordinate: small, to unfold from
constexpr double kJitter = 0.01;                 // of that
constexpr std::int64_t kWide = 1024;             // number of columns from which randomised PCA is faster
constexpr std::int64_t kCountAllPairs = 50'000;  // up to this many points the divergence is computed from all pairs
// After the exaggeration, four times the rate and more momentum reach in 650 steps what took 1,000
// at 0.8 (measured).
constexpr float kEarlyMomentum = 0.5F, kMomentum = 0.9F;
constexpr double kLateRate = 4;
constexpr float kLeastGain = 0.01F;
constexpr float kLongestStep = 5;  // keeps a few points from being thrown far away by a large learning rate

/// The moving map: positions, and the state of gradient descent with momentum for each coordinate.
struct Descent {
  PlanePoints place;
  PlanePoints velocity;
  PlanePoints gain;
};

struct Step {
  float exaggeration;
  float momentum;
  float learning_rate;
};

void move(float gradient, const Step& step, float& place, float& velocity, float& gain) {
  gain = (gradient > 0) == (velocity > 0) ? gain * 0.8F : gain + 0.2F;
  gain = std::max(gain, kLeastGain);
  velocity = step.momentum * velocity - step.learning_rate * gain * gradient;
  velocity = std::clamp(velocity, -kLongestStep, kLongestStep);
  place += velocity;
}

void centre(std::vector<float>& places) {
  double sum = 0;
  for (const float place : places) sum += place;
  const auto mean = static_cast<float>(sum / static_cast<double>(places.size()));
  for (float& place : places) place -= mean;
}

void descend(Descent& map, const SparseRows& joint, const Repulsion& repulsion, const Step& step, ThreadTeam& team) {
  const auto count = static_cast<std::int64_t>(map.place.x.size());
  const PlanePoints pull = attraction(map.place, joint, team);
  const auto push = static_cast<float>(1 / std::max(repulsion.normaliser, 1e-30));
  team.split(count, 1024, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      move(step.exaggeration * pull.x[i] - push * repulsion.x[i], step, map.place.x[i], map.velocity.x[i],
           map.gain.x[i]);
      move(step.exaggeration * pull.y[i] - push * repulsion.y[i], step, map.place.y[i], map.velocity.y[i],
           map.gain.y[i]);
    }
  });
  centre(map.place.x);
  centre(map.place.y);
}

void repel(const PlanePoints& place, GridRepulsion& grid, ThreadTeam& team, Repulsion& repulsion) {
  if (GridRepulsion::pays(place)) {
    grid(place, repulsion);
  } else {
    exact_repulsion(place, team, repulsion);
  }
}

// Sum of p log(p / q) over the pairs that have a p.
double divergence(const PlanePoints& place, const SparseRows& joint, GridRepulsion& grid, ThreadTeam& team) {
  Repulsion repulsion;
  if (static_cast<std::int64_t>(place.x.size()) > kCountAllPairs) {
    repel(place, grid, team, repulsion);
  } else {
    exact_repulsion(place, team, repulsion);
  }
  double sum = 0;
  for (std::size_t i = 0; i < place.x.size(); ++i) {
    for (std::int64_t e = joint.row_begin[i]; e < joint.row_begin[i + 1]; ++e) {
      const auto j = static_cast<std::size_t>(joint.column[e]);
      const double dx = static_cast<double>(place.x[i]) - place.x[j];
      const double dy = static_cast<double>(place.y[i]) - place.y[j];
      const double p = joint.value[e];
      if (p > 0) sum += p * std::log(p * repulsion.normaliser * (1 + dx * dx + dy * dy));
    }
  }
  return sum;
}

PlanePoints initial_map(const at::Tensor& rows, std::uint64_t seed) {
  const std::int64_t count = rows.size(0);
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  at::Tensor start = at::randn({count, 2}, generator, at::kDouble).mul_(kInitialSpread * kJitter);
  if (rows.size(1) > 0) {
    const std::int64_t k = std::min<std::int64_t>(2, rows.size(1));
    const Pca pca = rows.size(1) > kWide ? fit_pca_randomised(rows, k) : fit_pca(rows, k);
    const double deviation = std::sqrt(pca.explained_variance[0].item<double>());
    if (deviation > 0) {
      const at::Tensor coordinates = project(pca, rows).to(at::kDouble).mul_(kInitialSpread / deviation);
      start.narrow(1, 0, coordinates.size(1)).add_(coordinates);
    } else {
      start.div_(kJitter);
    }
  }
  const double* value = start.const_data_ptr<double>();
  PlanePoints points;
  for (std::int64_t i = 0; i < count; ++i) {
    points.x.push_back(static_cast<float>(value[2 * i]));
    points.y.push_back(static_cast<float>(value[2 * i + 1]));
  }
  return points;
}

void check_options(const at::Tensor& rows, const TsneOptions& options) {
  check_shape("tsne", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.is_floating_point() && rows.size(0) > 0,
                    "tsne: rows must be floating point with at least one row, got ", shape_text(rows), " of ",
                    rows.scalar_type());
  TORCH_CHECK_VALUE(options.perplexity >= 1 && std::isfinite(options.perplexity),
                    "tsne: perplexity must be at least 1, got ", options.perplexity);
  TORCH_CHECK_VALUE(options.iterations >= 0 && options.exaggerated >= 0, "tsne: iterations must not be negative, got ",
                    options.iterations, " with ", options.exaggerated, " of them exaggerated");
  TORCH_CHECK_VALUE(options.exaggeration >= 1 && std::isfinite(options.exaggeration),
                    "tsne: exaggeration must be at least 1, got ", options.exaggeration);
  TORCH_CHECK_VALUE(options.learning_rate >= 0 && std::isfinite(options.learning_rate),
                    "tsne: learning_rate must be positive, or 0 for the rule, got ", options.learning_rate);
  TORCH_CHECK_VALUE(options.watch_every >= 1, "tsne: watch_every must be at least 1, got ", options.watch_every);
  check_finite("tsne", "rows", rows);
}

/// The neighbours and their conditional probabilities are not needed afterwards; their memory is
/// freed here.
SparseRows affinities(const at::Tensor& values, std::int64_t k, double perplexity, const TsneOptions& options) {
  const Neighbours neighbours =
      values.size(0) > options.exact_neighbours_to
          ? partitioned_neighbours(
                values, k,
                {.candidates = std::max<std::int64_t>(PartitionOptions{}.candidates, 8 * k), .seed = options.seed})
          : nearest_neighbours(values, k);
  return joint_probabilities(neighbours.row, neighbour_probabilities(neighbours.squared_distance, perplexity));
}

at::Tensor as_tensor(const PlanePoints& points) {
  at::Tensor map = at::empty({static_cast<std::int64_t>(points.x.size()), 2}, at::kFloat);
  float* value = map.mutable_data_ptr<float>();
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    value[2 * i] = points.x[i];
    value[2 * i + 1] = points.y[i];
  }
  return map;
}

}  // namespace

TsneResult tsne(const at::Tensor& rows, const TsneOptions& options) {
  check_options(rows, options);
  const c10::NoGradGuard no_grad;
  const OneThreadProducts same_bits;  // of what is done outside of blocks, which is small
  const std::int64_t count = rows.size(0);
  if (count < 3) {
    PlanePoints line{{0}, {0}};
    if (count == 2) line = {{-0.5F, 0.5F}, {0, 0}};
    return {as_tensor(line), 0, 1};
  }
  const double perplexity = std::max(1.0, std::min(options.perplexity, static_cast<double>(count - 1) / 3));
  const auto k = std::min(count - 1, static_cast<std::int64_t>(std::ceil(3 * perplexity)));
  const at::Tensor values = scaled_for_distances(rows);
  const SparseRows joint = affinities(values, k, perplexity, options);
  const auto size = static_cast<std::size_t>(count);
  Descent map{initial_map(values, options.seed),
              {std::vector<float>(size, 0.0F), std::vector<float>(size, 0.0F)},
              {std::vector<float>(size, 1.0F), std::vector<float>(size, 1.0F)}};
  const double learning_rate =
      options.learning_rate > 0 ? options.learning_rate : std::max(static_cast<double>(count) / 12, 200.0);
  ThreadTeam team(at::get_num_threads());
  GridRepulsion grid(team);
  Repulsion repulsion;
  const auto show = [&](int iterations) {
    if (options.watch) options.watch(iterations, as_tensor(map.place));
  };
  show(0);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const bool early = iteration < options.exaggerated;
    repel(map.place, grid, team, repulsion);
    descend(map, joint, repulsion,
            {.exaggeration = static_cast<float>(early ? options.exaggeration : 1.0),
             .momentum = early ? kEarlyMomentum : kMomentum,
             .learning_rate = static_cast<float>(early ? learning_rate : kLateRate * learning_rate)},
            team);
    if (options.progress) options.progress(iteration + 1, options.iterations);
    if ((iteration + 1) % options.watch_every == 0 || iteration + 1 == options.iterations) show(iteration + 1);
  }
  return {as_tensor(map.place), divergence(map.place, joint, grid, team), perplexity};
}

}  // namespace tandem
