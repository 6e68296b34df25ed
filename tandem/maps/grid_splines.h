// Transfers between points and the nodes of t-SNE's repulsion grid: through splines of order 6,
// differentiated exactly (Essmann et al. 1995). grid_repulsion.h gives the reasons.
#pragma once

#include <array>
#include <cstdint>

namespace tandem {

inline constexpr int kSplineOrder = 6;

/// Six nodes in a row and the two after them, which fit into the same register.
inline constexpr std::int64_t kNodesAtOnce = 8;

/// The spline's weights at the six nodes around a point, and their derivatives; 0 at the two nodes
/// after them.
struct SplineWeights {
  std::array<float, kNodesAtOnce> value;
  std::array<float, kNodesAtOnce> slope;
};

/// The weights of as many points as a register has lanes.
///
///   t        [kLanes]  positions between two nodes, 0 to 1
///   weights  [kLanes]  output
void spline_weights(const float* t, SplineWeights* weights);

/// Adds a point's charge to the nodes in rows [begin, end) of its six rows.
///
///   node  of its first row; rows are `stride` apart and have kNodesAtOnce nodes from there
void add_charge(const SplineWeights& across, const SplineWeights& down, std::int64_t begin, std::int64_t end,
                std::int64_t stride, float* node);

struct PotentialAt {
  float value, slope_x, slope_y;
};

/// The potential at a point, and its slopes per grid spacing.
///
///   node  of its first row; rows are `stride` apart and have kNodesAtOnce nodes from there
PotentialAt potential_at(const SplineWeights& across, const SplineWeights& down, const float* node,
                         std::int64_t stride);

/// Entry k of the spectrum, for a transform of this length, of the spline sampled at the nodes.
double spline_spectrum(std::int64_t k, std::int64_t length);

}  // namespace tandem
