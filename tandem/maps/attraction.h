// The attractive part of t-SNE's gradient: every point is drawn to its neighbours.
#pragma once

#include "tandem/maps/perplexity.h"
#include "tandem/maps/repulsion.h"

namespace tandem {

/// For every point the sum over j of p_ij w_ij (y_i - y_j), with w_ij = 1 / (1 + |y_i - y_j|^2).
/// The gradient of the Kullback-Leibler divergence is 4 times this minus 4 times the repulsion
/// divided by its normaliser (van der Maaten 2014, equation 8). The bits do not depend on the
/// team's size.
PlanePoints attraction(const PlanePoints& points, const SparseRows& joint, ThreadTeam& team);

}  // namespace tandem
