// Learning rate over the course of training (cosine: Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5, one period).
#pragma once

#include <cstdint>

namespace tandem {

/// The factor on the learning rate at `step` of `steps`: rises linearly over the first `warm_up` of them, then follows
/// half a cosine down to zero.
///
/// Throws c10::ValueError unless 0 <= step < steps and 0 <= warm_up < 1.
double cosine_with_warm_up(std::int64_t step, std::int64_t steps, double warm_up);

}  // namespace tandem
