#include "tandem/maps/grid_splines.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "tandem/base/vector_clones.h"
#include "tandem/maps/lane_fft.h"

namespace tandem {
namespace {

using Nodes = float __attribute__((vector_size(kNodesAtOnce * sizeof(float))));

}  // namespace

TANDEM_VECTOR_CLONES
void spline_weights(const float* t, SplineWeights* weights) {
  float value[kSplineOrder][kLanes], slope[kSplineOrder][kLanes];
#pragma omp simd
  for (std::int64_t lane = 0; lane < kLanes; ++lane) {
    value[0][lane] = 1 - t[lane];
    value[1][lane] = t[lane];
#pragma GCC unroll 8
    for (int order = 3; order <= kSplineOrder; ++order) {
      if (order == kSplineOrder) {
        slope[0][lane] = -value[0][lane];
#pragma GCC unroll 8
        for (int j = 1; j < kSplineOrder - 1; ++j) slope[j][lane] = value[j - 1][lane] - value[j][lane];
        slope[kSplineOrder - 1][lane] = value[kSplineOrder - 2][lane];
      }
      const float scale = 1.0F / static_cast<float>(order - 1);
      value[order - 1][lane] = scale * t[lane] * value[order - 2][lane];
#pragma GCC unroll 8
      for (int j = order - 2; j >= 1; --j) {
        value[j][lane] = scale * ((t[lane] + static_cast<float>(order - 1 - j)) * value[j - 1][lane] +
                                  (static_cast<float>(j + 1) - t[lane]) * value[j][lane]);
      }
      value[0][lane] = scale * (1 - t[lane]) * value[0][lane];
    }
  }
  for (std::int64_t lane = 0; lane < kLanes; ++lane) {
    for (int j = 0; j < kSplineOrder; ++j) {
      weights[lane].value[j] = value[j][lane];
      weights[lane].slope[j] = slope[j][lane];
    }
    for (int j = kSplineOrder; j < kNodesAtOnce; ++j) weights[lane].value[j] = weights[lane].slope[j] = 0;
  }
}

TANDEM_VECTOR_CLONES
void add_charge(const SplineWeights& across, const SplineWeights& down, std::int64_t begin, std::int64_t end,
                std::int64_t stride, float* node) {
  Nodes weights;
  std::memcpy(&weights, across.value.data(), sizeof(weights));
  for (std::int64_t j = begin; j < end; ++j) {
    Nodes sum;
    std::memcpy(&sum, node + j * stride, sizeof(sum));
    sum += weights * down.value[static_cast<std::size_t>(j)];
    std::memcpy(node + j * stride, &sum, sizeof(sum));
  }
}

TANDEM_VECTOR_CLONES
PotentialAt potential_at(const SplineWeights& across, const SplineWeights& down, const float* node,
                         std::int64_t stride) {
  Nodes values{};
  Nodes slopes{};
  for (std::int64_t j = 0; j < kSplineOrder; ++j) {
    Nodes row;
    std::memcpy(&row, node + j * stride, sizeof(row));
    values += row * down.value[static_cast<std::size_t>(j)];
    slopes += row * down.slope[static_cast<std::size_t>(j)];
  }
  PotentialAt point{0, 0, 0};
  for (int k = 0; k < kSplineOrder; ++k) {
    point.value += across.value[k] * values[k];
    point.slope_x += across.slope[k] * values[k];
    point.slope_y += across.value[k] * slopes[k];
  }
  return point;
}

double spline_spectrum(std::int64_t k, std::int64_t length) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length);
  return (66 + 52 * std::cos(angle) + 2 * std::cos(2 * angle)) / 120;
}

}  // namespace tandem
