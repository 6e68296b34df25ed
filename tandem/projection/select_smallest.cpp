#include "tandem/projection/select_smallest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

constexpr std::int64_t kChunk = 64;

TANDEM_VECTOR_CLONES
bool any_below(const float* scores, float limit) {
  int any = 0;
#pragma omp simd reduction(| : any)
  for (std::int64_t j = 0; j < kChunk; ++j) any |= scores[j] < limit ? 1 : 0;
  return any != 0;
}

}  // namespace

void select_smallest(const float* scores, std::int64_t count, std::int64_t keep, std::vector<Scored>& found) {
  found.clear();
  // Found ones gather until there are four times as many as wanted; then the worst go, and the limit falls.
  const auto wanted = static_cast<std::size_t>(keep), room = static_cast<std::size_t>(4 * keep + kChunk);
  float limit = std::numeric_limits<float>::infinity();
  bool limited = false;  // an infinite score is a score too
  const auto shrink = [&] {
    const auto last = found.begin() + static_cast<std::ptrdiff_t>(wanted) - 1;
    std::nth_element(found.begin(), last, found.end());
    limit = last->first;
    limited = true;
    found.resize(wanted);
  };
  for (std::int64_t begin = 0; begin < count; begin += kChunk) {
    const std::int64_t end = std::min(begin + kChunk, count);
    if (limited && end - begin == kChunk && !any_below(scores + begin, limit)) continue;
    for (std::int64_t j = begin; j < end; ++j) {
      if (limited && !(scores[j] < limit)) continue;
      // NaN, of distances that overflowed, is as far as can be; it has no place in an order.
      found.emplace_back(std::isnan(scores[j]) ? std::numeric_limits<float>::infinity() : scores[j], static_cast<std::int32_t>(j));
    }
    if (found.size() > room) shrink();
  }
  if (found.size() > wanted) shrink();
}

}  // namespace tandem
