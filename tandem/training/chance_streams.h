// The streams a training's seed is split into, so that no two uses of chance share their numbers.
#pragma once

#include <cstdint>

#include "tandem/heads/row_chance.h"

namespace tandem {

inline constexpr std::uint64_t kImageHeadStream = 1, kTextHeadStream = 2, kOrderStream = 3, kImageStepStream = 4, kTextStepStream = 5,
                               kMixingStream = 6;

}  // namespace tandem
