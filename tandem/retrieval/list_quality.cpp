#include "tandem/retrieval/list_quality.h"

#include <algorithm>
#include <cmath>

namespace tandem {
namespace {

constexpr std::int64_t kNdcgPlaces = 10;

double discount(std::int64_t place) { return 1 / std::log2(static_cast<double>(place) + 1); }

/// Of the first `places`, all of them right.
double full_gain(std::int64_t places) {
  double gain = 0;
  for (std::int64_t place = 1; place <= std::min(places, kNdcgPlaces); ++place) gain += discount(place);
  return gain;
}

}  // namespace

ListQuality list_quality(const std::vector<std::int64_t>& places) {
  const auto right = static_cast<double>(places.size());
  double precision = 0, found = 0, gain = 0;
  for (const std::int64_t place : places) {
    ++found;
    if (static_cast<double>(place) <= right) precision += found / static_cast<double>(place);
    if (place <= kNdcgPlaces) gain += discount(place);
  }
  return {.rank = places.front(),
          .precision = precision / right,
          .ndcg_10 = gain / full_gain(static_cast<std::int64_t>(places.size()))};
}

double ndcg_10_of(std::int64_t rank) { return rank <= kNdcgPlaces ? discount(rank) : 0; }

double ndcg_10_by_chance(std::int64_t right, std::int64_t candidates) {
  return static_cast<double>(right) / static_cast<double>(candidates) * full_gain(candidates) / full_gain(right);
}

}  // namespace tandem
