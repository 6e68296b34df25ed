// The repulsive part of t-SNE's gradient: every point pushes every other away. Computed pair by
// pair.
#pragma once

#include <vector>

#include "tandem/maps/thread_team.h"

namespace tandem {

/// Points in the plane, one array per coordinate.
struct PlanePoints {
  std::vector<float> x;
  std::vector<float> y;
};

/// The effect of all points on one position, which may be one of theirs.
struct Push {
  float x = 0;  ///< sum over j of w_j^2 (x - x_j), where w_j = 1 / (1 + |y - y_j|^2)
  float y = 0;
  float potential = 0;  ///< sum of w_j; a point at this position adds 1
};

Push push_on(float x, float y, const PlanePoints& points);

/// The repulsion on every point, not yet divided by `normaliser`.
struct Repulsion {
  std::vector<float> x;  ///< sum over j of w_ij^2 (x_i - x_j), where w_ij = 1 / (1 + |y_i - y_j|^2)
  std::vector<float> y;
  double normaliser = 0;  ///< Z: sum of w_ij over all i != j
};

/// Over all N^2 pairs: exact, and the faster method for up to a few thousand points. The bits do
/// not depend on the team's size.
void exact_repulsion(const PlanePoints& points, ThreadTeam& team, Repulsion& repulsion);

}  // namespace tandem
