#include "tandem/training/schedule.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tandem {

std::string_view schedule_name(ScheduleKind kind) { return kind == ScheduleKind::kCosine ? "cosine" : "constant"; }

std::optional<ScheduleKind> schedule_named(std::string_view name) {
  for (const ScheduleKind kind : {ScheduleKind::kCosine, ScheduleKind::kConstant}) {
    if (name == schedule_name(kind)) return kind;
  }
  return std::nullopt;
}

double learning_rate_factor(ScheduleKind kind, std::int64_t step, std::int64_t steps, double warm_up) {
  TORCH_CHECK_VALUE(step >= 0 && step < steps, "learning_rate_factor: step must be in [0, ", steps, "), got ", step);
  TORCH_CHECK_VALUE(warm_up >= 0 && warm_up < 1, "learning_rate_factor: warm_up must be in [0, 1), got ", warm_up);
  const double rising = warm_up * static_cast<double>(steps);
  const double now = static_cast<double>(step);
  if (now < rising) return (now + 1) / (rising + 1);
  if (kind == ScheduleKind::kConstant) return 1;
  const double falling = static_cast<double>(steps) - rising;
  return 0.5 * (1 + std::cos(std::numbers::pi * (now - rising) / falling));
}

std::int64_t default_epochs(std::int64_t pairs, std::int64_t batch_size) {
  TORCH_CHECK_VALUE(pairs > 0 && batch_size > 0, "default_epochs: pairs and batch_size must be positive, got ", pairs,
                    " and ", batch_size);
  constexpr std::int64_t kFewest = 9, kMost = 100, kSteps = 290;
  const std::int64_t steps_per_epoch = std::max<std::int64_t>(1, pairs / batch_size);
  return std::clamp((kSteps + steps_per_epoch - 1) / steps_per_epoch, kFewest, kMost);
}

}  // namespace tandem
