// How work grows with its size, for functions that strangers feed: by processor time, which other
// programs on the machine hardly change.
#pragma once

#include <algorithm>
#include <ctime>

#include "tandem/base/freed_memory.h"

namespace tandem::tests {

template <typename Work>
double processor_seconds(const Work& work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// work(10 n) against work(n), the quickest of a few each: near 10 if the work is linear, some 20
/// where the larger one leaves the caches, near 100 if it is quadratic.
template <typename Work>
double growth_over_tenfold(std::size_t n, const Work& work) {
  keep_freed_memory();  // Otherwise the large work pays for new pages at every run, the small one never.
  double small = processor_seconds([&] { work(n); });
  double large = processor_seconds([&] { work(10 * n); });
  for (int again = 0; again < 4; ++again) small = std::min(small, processor_seconds([&] { work(n); }));
  for (int again = 0; again < 4 && large > 20 * small; ++again)
    large = std::min(large, processor_seconds([&] { work(10 * n); }));
  return large / small;
}

inline constexpr double kMuchMoreThanLinear = 40;

}  // namespace tandem::tests
