// The few smallest of many scores, without sorting the rest.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tandem {

/// A score and its index.
using Scored = std::pair<float, std::int32_t>;

/// The `keep` smallest of scores that arrive in pieces; of equal ones, those that came first. Most
/// scores are only compared with the largest one kept so far, many at a time.
class SmallestSoFar {
 public:
  /// Begins a new series of scores; keeps the memory.
  void restart(std::int64_t keep);
  /// Adds `count` scores for the indices first, first + 1, ...: scores[j] + offsets[j], or
  /// scores[j] without offsets. NaN counts as infinitely large.
  void add(const float* scores, const float* offsets, std::int64_t count, std::int64_t first);
  /// The smallest scores so far, in no order; all of them if fewer than `keep` were added.
  const std::vector<Scored>& kept();

 private:
  void shrink();

  std::size_t keep_ = 0;
  std::vector<Scored> found_;
  float limit_ = std::numeric_limits<float>::infinity();
  bool limited_ = false;  ///< separate flag, because an infinite score is valid too
};

/// Fills `found` with the `keep` smallest of `count` scores, as SmallestSoFar.
void select_smallest(const float* scores, std::int64_t count, std::int64_t keep, std::vector<Scored>& found);

}  // namespace tandem
