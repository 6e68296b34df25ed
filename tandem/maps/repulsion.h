// The half of t-SNE's gradient in which every point pushes every other away, pair by pair.
#pragma once

#include <vector>

#include "tandem/maps/thread_team.h"

namespace tandem {

/// A map in the plane, one array a coordinate.
struct PlanePoints {
  std::vector<float> x;
  std::vector<float> y;
};

/// What all points together do to one place, which may be one of theirs.
struct Push {
  float x = 0;  ///< sum over j of w_j^2 (x - x_j), where w_j = 1 / (1 + |y - y_j|^2)
  float y = 0;
  float potential = 0;  ///< sum of w_j; a point at the very place adds 1
};

Push push_on(float x, float y, const PlanePoints& points);

/// Repulsion before it is divided by `normaliser`.
struct Repulsion {
  std::vector<float> x;  ///< sum over j of w_ij^2 (x_i - x_j), where w_ij = 1 / (1 + |y_i - y_j|^2)
  std::vector<float> y;
  double normaliser = 0;  ///< Z: sum of w_ij over all i != j
};

/// All N^2 pairs: the truth, and the quicker way for a few thousand points. The bits do not depend
/// on the team's size.
void exact_repulsion(const PlanePoints& points, ThreadTeam& team, Repulsion& repulsion);

}  // namespace tandem
