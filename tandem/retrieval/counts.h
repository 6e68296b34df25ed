// Counts the similarities that reach a threshold: the inner loops of ranking.
#pragma once

#include <cstdint>

namespace tandem {

/// The number of row[0 ... size - 1] that are at least `bar`.
std::int32_t at_least(const float* row, float bar, std::int64_t size);

/// counts[c] += row[c] >= bars[c], for every c below `size`.
void add_at_least(const float* row, const float* bars, std::int64_t size, std::int32_t* counts);

}  // namespace tandem
