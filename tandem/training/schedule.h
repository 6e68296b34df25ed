// How long to train, and the learning rate on the way (cosine: Loshchilov & Hutter 2017,
// arXiv:1608.03983, eq. 5, one period).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tandem {

enum class ScheduleKind { kCosine, kConstant };

/// "cosine", "constant".
std::string_view schedule_name(ScheduleKind kind);
std::optional<ScheduleKind> schedule_named(std::string_view name);

/// The factor on the learning rate at `step` of `steps`: rises linearly over the first `warm_up` of
/// them, then follows half a cosine down to zero, or stays.
///
/// Throws c10::ValueError unless 0 <= step < steps and 0 <= warm_up < 1.
double learning_rate_factor(ScheduleKind kind, std::int64_t step, std::int64_t steps, double warm_up);

/// Passes over the data for users who name none: 9, and on small sets as many as give 290 steps,
/// 100 at most.
///
/// Throws c10::ValueError unless both are positive.
std::int64_t default_epochs(std::int64_t pairs, std::int64_t batch_size);

}  // namespace tandem
