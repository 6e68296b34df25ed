#include "tandem/maps/perplexity.h"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tandem/base/shape_check.h"
#include "tandem/maps/blocks.h"

namespace tandem {
namespace {

// Fills one row of probabilities. Distances are taken relative to the nearest, which only avoids
// underflow. The derivative of the entropy with respect to beta is -beta times the variance of the
// distances: Newton's steps in log beta, between bounds that every step narrows.
void calibrate(const float* distance, std::int64_t k, double wanted_entropy, double* probability) {
  const double nearest = distance[0];
  double mean_excess = 0;
  for (std::int64_t j = 0; j < k; ++j) mean_excess += (distance[j] - nearest) / static_cast<double>(k);
  double beta = mean_excess > 0 ? 1 / mean_excess : 1;
  double lowest = 0;
  double highest = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 100; ++step) {
    double sum = 0, weighted = 0, squares = 0;
    for (std::int64_t j = 0; j < k; ++j) {
      const double excess = distance[j] - nearest;
      probability[j] = std::exp(-beta * excess);
      sum += probability[j];
      weighted += probability[j] * excess;
      squares += probability[j] * excess * excess;
    }
    const double mean = weighted / sum;
    const double variance = squares / sum - mean * mean;
    const double above = std::log(sum) + beta * mean - wanted_entropy;
    for (std::int64_t j = 0; j < k; ++j) probability[j] /= sum;
    if (std::abs(above) < 1e-7 || mean_excess == 0) break;
    (above > 0 ? lowest : highest) = beta;
    const double next = beta * std::exp(above / (beta * beta * variance));
    const bool inside = next > lowest && next < highest;  // false for NaN
    if (inside) {
      beta = next;
    } else {
      beta = std::isinf(highest) ? beta * 2 : (lowest + highest) / 2;
    }
  }
}

}  // namespace

at::Tensor neighbour_probabilities(const at::Tensor& squared_distance, double perplexity) {
  check_shape("neighbour_probabilities", "squared_distance", squared_distance, {kAnySize, kAnySize});
  const std::int64_t count = squared_distance.size(0);
  const std::int64_t k = squared_distance.size(1);
  TORCH_CHECK_VALUE(perplexity >= 1 && perplexity <= static_cast<double>(k),
                    "neighbour_probabilities: perplexity must be from 1 to k = ", k, ", got ", perplexity);
  const at::Tensor distances = squared_distance.to(at::kFloat).contiguous();
  at::Tensor probabilities = at::empty({count, k}, distances.options().dtype(at::kDouble));
  const float* distance = distances.const_data_ptr<float>();
  double* probability = probabilities.mutable_data_ptr<double>();
  constexpr std::int64_t kBlock = 64;
  for_each_block((count + kBlock - 1) / kBlock, [&](std::int64_t block) {
    for (std::int64_t i = block * kBlock; i < std::min(count, (block + 1) * kBlock); ++i) {
      calibrate(distance + i * k, k, std::log(perplexity), probability + i * k);
    }
  });
  return probabilities;
}

SparseRows joint_probabilities(const at::Tensor& neighbour, const at::Tensor& probability) {
  check_shape("joint_probabilities", "neighbour", neighbour, {kAnySize, kAnySize});
  check_shape("joint_probabilities", "probability", probability, {neighbour.size(0), neighbour.size(1)});
  const std::int64_t count = neighbour.size(0);
  const std::int64_t k = neighbour.size(1);
  const at::Tensor neighbours = neighbour.to(at::kLong).contiguous();
  const at::Tensor probabilities = probability.to(at::kDouble).contiguous();
  const auto* other = neighbours.const_data_ptr<std::int64_t>();
  const auto* conditional = probabilities.const_data_ptr<double>();

  // Every row's own neighbours and the rows that chose it, row after row.
  struct Half {
    std::int32_t column;
    float value;
  };
  std::vector<std::int64_t> begin(static_cast<std::size_t>(count) + 1, 0);
  for (std::int64_t i = 0; i < count; ++i) begin[static_cast<std::size_t>(i) + 1] += k;
  for (std::int64_t e = 0; e < count * k; ++e) ++begin[static_cast<std::size_t>(other[e]) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<Half> halves(static_cast<std::size_t>(2 * count * k));
  std::vector<std::int64_t> next(begin.begin(), begin.end() - 1);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t e = i * k; e < (i + 1) * k; ++e) {
      const auto half = static_cast<float>(conditional[e] / (2.0 * static_cast<double>(count)));
      halves[static_cast<std::size_t>(next[static_cast<std::size_t>(i)]++)] = {static_cast<std::int32_t>(other[e]),
                                                                               half};
      halves[static_cast<std::size_t>(next[static_cast<std::size_t>(other[e])]++)] = {static_cast<std::int32_t>(i),
                                                                                      half};
    }
  }
  constexpr std::int64_t kBlock = 64;
  for_each_block((count + kBlock - 1) / kBlock, [&](std::int64_t block) {
    for (std::int64_t i = block * kBlock; i < std::min(count, (block + 1) * kBlock); ++i) {
      std::sort(halves.begin() + begin[static_cast<std::size_t>(i)],
                halves.begin() + begin[static_cast<std::size_t>(i) + 1],
                [](const Half& a, const Half& b) { return a.column < b.column; });
    }
  });
  SparseRows joint;
  joint.column.reserve(halves.size());
  joint.value.reserve(halves.size());
  joint.row_begin.push_back(0);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto first = static_cast<std::size_t>(begin[static_cast<std::size_t>(i)]);
    const auto last = static_cast<std::size_t>(begin[static_cast<std::size_t>(i) + 1]);
    for (std::size_t e = first; e < last; ++e) {
      if (e > first && halves[e].column == halves[e - 1].column) {  // each chose the other
        joint.value.back() += halves[e].value;
      } else {
        joint.column.push_back(halves[e].column);
        joint.value.push_back(halves[e].value);
      }
    }
    joint.row_begin.push_back(static_cast<std::int64_t>(joint.column.size()));
  }
  return joint;
}

}  // namespace tandem
