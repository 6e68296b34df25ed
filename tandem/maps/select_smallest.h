// The few smallest of many scores, without ordering the rest.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tandem {

/// A score and its place.
using Scored = std::pair<float, std::int32_t>;

/// The `keep` smallest of scores that come a stretch at a time; of equal ones those that come
/// first. Most scores are only compared with the worst one kept so far, many at a time.
class SmallestSoFar {
 public:
  /// For another series of scores; keeps its memory.
  void restart(std::int64_t keep);
  /// scores[j] + offsets[j], or scores[j] without offsets, of the places first, first + 1, ...; NaN
  /// is as far as can be.
  void add(const float* scores, const float* offsets, std::int64_t count, std::int64_t first);
  /// All that were added if there are fewer than `keep`; in no order.
  const std::vector<Scored>& kept();

 private:
  void shrink();

  std::size_t keep_ = 0;
  std::vector<Scored> found_;
  float limit_ = std::numeric_limits<float>::infinity();
  bool limited_ = false;  ///< an infinite score is a score too
};

/// Fills `found` with the `keep` smallest of `count` scores, as SmallestSoFar.
void select_smallest(const float* scores, std::int64_t count, std::int64_t keep, std::vector<Scored>& found);

}  // namespace tandem
