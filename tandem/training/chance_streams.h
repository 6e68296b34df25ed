// The streams a training's seed is split into, so that no two uses of chance share their numbers.
#pragma once

#include <cstdint>

#include "tandem/heads/row_chance.h"

namespace tandem {

inline constexpr std::uint64_t kImageHeadStream = 1;
inline constexpr std::uint64_t kTextHeadStream = 2;
inline constexpr std::uint64_t kOrderStream = 3;
inline constexpr std::uint64_t kImageStepStream = 4;
inline constexpr std::uint64_t kTextStepStream = 5;
inline constexpr std::uint64_t kMixingStream = 6;

}  // namespace tandem
