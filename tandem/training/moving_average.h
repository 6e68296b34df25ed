// The exponential moving average of a head's weights (Polyak & Juditsky 1992; with the warm-up of
// Izmailov et al. and EMA as timm has it: early on the average follows faster).
#pragma once

#include "tandem/heads/projection_head.h"

namespace tandem {

/// Moves `average` towards `now`: average += (1 - d) (now - average), d = min(decay, (1 + step) /
/// (10 + step)). `step` counts from 0. Measured tensors are shared and stay.
void update_average(ProjectionHead& average, const ProjectionHead& now, double decay, std::int64_t step);

}  // namespace tandem
