#include "tandem/maps/select_smallest.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mixture.h"

using tandem::Scored;
using tandem::select_smallest;

namespace {

std::vector<Scored> by_sorting(const std::vector<float>& scores, std::size_t keep) {
  std::vector<Scored> order;
  for (std::size_t i = 0; i < scores.size(); ++i) order.emplace_back(scores[i], static_cast<std::int32_t>(i));
  std::sort(order.begin(), order.end());
  order.resize(std::min(keep, order.size()));
  return order;
}

std::vector<Scored> selected(const std::vector<float>& scores, std::int64_t keep) {
  std::vector<Scored> found;
  select_smallest(scores.data(), static_cast<std::int64_t>(scores.size()), keep, found);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

TEST_CASE("the smallest are those that sorting finds, ties in their order, at every length") {
  for (const std::size_t count : {0, 1, 5, 63, 64, 65, 700, 3001}) {
    std::vector<float> scores;
    for (std::size_t i = 0; i < count; ++i)
      scores.push_back(static_cast<float>(std::round(40 * tandem::tests::uniform(i))));
    for (const std::int64_t keep : {1, 7, 98}) {
      CAPTURE(count);
      CAPTURE(keep);
      CHECK((selected(scores, keep) == by_sorting(scores, static_cast<std::size_t>(keep))));
    }
  }
}

TEST_CASE("falling scores, where every one is the smallest so far, and infinite ones are selected too") {
  std::vector<float> scores;
  for (int i = 0; i < 1000; ++i)
    scores.push_back(i < 990 ? std::numeric_limits<float>::infinity() : static_cast<float>(-i));
  CHECK((selected(scores, 20) == by_sorting(scores, 20)));
  for (int i = 0; i < 1000; ++i) scores[static_cast<std::size_t>(i)] = static_cast<float>(-i);
  CHECK((selected(scores, 20) == by_sorting(scores, 20)));
}
