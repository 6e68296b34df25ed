#include "tandem/training/moving_average.h"

#include <ATen/ops/_foreach_lerp.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace tandem {

void update_average(ProjectionHead& average, const ProjectionHead& now, double decay, std::int64_t step) {
  const at::NoGradGuard no_gradient;
  const auto counted = static_cast<double>(step);
  at::_foreach_lerp_(average.parameters(), now.parameters(), 1 - std::min(decay, (1 + counted) / (10 + counted)));
}

}  // namespace tandem
