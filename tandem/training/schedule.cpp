#include "tandem/training/schedule.h"

#include <c10/util/Exception.h>

#include <cmath>
#include <numbers>

namespace tandem {

double cosine_with_warm_up(std::int64_t step, std::int64_t steps, double warm_up) {
  TORCH_CHECK_VALUE(step >= 0 && step < steps, "cosine_with_warm_up: step must be in [0, ", steps, "), got ", step);
  TORCH_CHECK_VALUE(warm_up >= 0 && warm_up < 1, "cosine_with_warm_up: warm_up must be in [0, 1), got ", warm_up);
  const double rising = warm_up * static_cast<double>(steps);
  const double now = static_cast<double>(step);
  if (now < rising) return (now + 1) / (rising + 1);
  const double falling = static_cast<double>(steps) - rising;
  return 0.5 * (1 + std::cos(std::numbers::pi * (now - rising) / falling));
}

}  // namespace tandem
