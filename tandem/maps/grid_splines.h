// How points meet the nodes of t-SNE's repulsion grid: through splines of order 6, differentiated
// exactly (Essmann et al. 1995). grid_repulsion.h gives the reasons.
#pragma once

#include <array>
#include <cstdint>

namespace tandem {

inline constexpr int kSplineOrder = 6;

/// Six nodes in a row and the two behind them, which a register of this width takes along.
inline constexpr std::int64_t kNodesAtOnce = 8;

/// The spline's weights at the six nodes around a point, and their derivatives; 0 at the two behind
/// them.
struct SplineWeights {
  std::array<float, kNodesAtOnce> value;
  std::array<float, kNodesAtOnce> slope;
};

/// The weights of as many points as a register has lanes.
///
///   t        [kLanes]  places between two nodes, 0 to 1
///   weights  [kLanes]  written
void spline_weights(const float* t, SplineWeights* weights);

/// Adds a point's charge to the nodes of the rows from `begin` to `end` of its six.
///
///   node  of its first row; rows are `stride` apart and have kNodesAtOnce nodes from there
void add_charge(const SplineWeights& across, const SplineWeights& down, std::int64_t begin, std::int64_t end,
                std::int64_t stride, float* node);

struct PotentialAt {
  float value, slope_x, slope_y;
};

/// The potential at a point, and its slopes per spacing.
///
///   node  of its first row; rows are `stride` apart and have kNodesAtOnce nodes from there
PotentialAt potential_at(const SplineWeights& across, const SplineWeights& down, const float* node,
                         std::int64_t stride);

/// Entry k of the spectrum of the spline sampled at the nodes, in a transform of this length.
double spline_spectrum(std::int64_t k, std::int64_t length);

}  // namespace tandem
