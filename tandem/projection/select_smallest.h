// The few smallest of many scores, without ordering the rest.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace tandem {

/// A score and its place.
using Scored = std::pair<float, std::int32_t>;

/// Fills `found` with the `keep` smallest of `count` scores (all of them if there are fewer), in no order; of equal ones
/// those that come first. Most scores are only compared with the worst one kept so far, many at a time.
void select_smallest(const float* scores, std::int64_t count, std::int64_t keep, std::vector<Scored>& found);

}  // namespace tandem
