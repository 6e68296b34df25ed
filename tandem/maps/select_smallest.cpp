#include "tandem/maps/select_smallest.h"

#include <algorithm>
#include <cmath>

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

TANDEM_VECTOR_CLONES
bool any_sum_below(const float* scores, const float* offsets, float limit) {
  int any = 0;
#pragma omp simd reduction(| : any)
  for (std::int64_t j = 0; j < kChunk; ++j) any |= scores[j] + offsets[j] < limit ? 1 : 0;
  return any != 0;
}

}  // namespace

void SmallestSoFar::restart(std::int64_t keep) {
  keep_ = static_cast<std::size_t>(keep);
  found_.clear();
  limit_ = std::numeric_limits<float>::infinity();
  limited_ = false;
}

void SmallestSoFar::shrink() {
  const auto last = found_.begin() + static_cast<std::ptrdiff_t>(keep_) - 1;
  std::nth_element(found_.begin(), last, found_.end());
  limit_ = last->first;
  limited_ = true;
  found_.resize(keep_);
}

void SmallestSoFar::add(const float* scores, const float* offsets, std::int64_t count, std::int64_t first) {
  // Scores are collected until there are four times as many as wanted; then the largest are
  // dropped, and the limit falls.
  const std::size_t room = 4 * keep_ + static_cast<std::size_t>(kChunk);
  for (std::int64_t begin = 0; begin < count; begin += kChunk) {
    const std::int64_t end = std::min(begin + kChunk, count);
    if (limited_ && end - begin == kChunk &&
        !(offsets == nullptr ? any_below(scores + begin, limit_)
                             : any_sum_below(scores + begin, offsets + begin, limit_))) {
      continue;
    }
    for (std::int64_t j = begin; j < end; ++j) {
      const float score = offsets == nullptr ? scores[j] : scores[j] + offsets[j];
      if (limited_ && !(score < limit_)) continue;
      // NaN, from distances that overflowed, cannot be sorted.
      found_.emplace_back(std::isnan(score) ? std::numeric_limits<float>::infinity() : score,
                          static_cast<std::int32_t>(first + j));
    }
    if (found_.size() > room) shrink();
  }
}

const std::vector<Scored>& SmallestSoFar::kept() {
  if (found_.size() > keep_) shrink();
  return found_;
}

void select_smallest(const float* scores, std::int64_t count, std::int64_t keep, std::vector<Scored>& found) {
  thread_local SmallestSoFar smallest;
  smallest.restart(keep);
  smallest.add(scores, nullptr, count, 0);
  found = smallest.kept();
}

}  // namespace tandem
