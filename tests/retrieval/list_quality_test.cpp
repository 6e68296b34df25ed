#include "tandem/retrieval/list_quality.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

using namespace tandem;

TEST_CASE("a list with right answers on places 1, 3 and 12 has the nDCG@10 that the definition gives by hand") {
  // Gains 1/log2(2) + 1/log2(4) = 1.5; the best order has 1 + 1/log2(3) + 1/2.
  const ListQuality list = list_quality({1, 3, 12});
  CHECK(list.rank == 1);
  CHECK(list.precision == doctest::Approx((1.0 + 2.0 / 3) / 3));
  CHECK(list.ndcg_10 == doctest::Approx(1.5 / (1.5 + 1 / std::log2(3.0))));
}

TEST_CASE(
    "nDCG@10 is 1 with all right answers first, 0 with none on the first ten places, and ten of them are enough") {
  CHECK(list_quality({1, 2, 3}).ndcg_10 == doctest::Approx(1));
  CHECK(list_quality({11, 12}).ndcg_10 == 0);
  std::vector<std::int64_t> many(25);
  std::iota(many.begin(), many.end(), 1);
  CHECK(list_quality(many).ndcg_10 == doctest::Approx(1));
  CHECK(ndcg_10_of(1) == 1);
  CHECK(ndcg_10_of(3) == doctest::Approx(0.5));
  CHECK(ndcg_10_of(11) == 0);
  CHECK(list_quality({7}).ndcg_10 == doctest::Approx(ndcg_10_of(7)));
}

TEST_CASE("chance of nDCG@10 equals what random orders give") {
  std::mt19937 random(1);
  for (const auto& [right, candidates] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 7}, {3, 30}, {15, 40}}) {
    std::vector<bool> is_right(candidates, false);
    std::fill(is_right.begin(), is_right.begin() + right, true);
    double sum = 0;
    const int rounds = 20000;
    for (int round = 0; round < rounds; ++round) {
      std::shuffle(is_right.begin(), is_right.end(), random);
      std::vector<std::int64_t> places;
      for (std::int64_t c = 0; c < candidates; ++c) {
        if (is_right[c]) places.push_back(c + 1);
      }
      sum += list_quality(places).ndcg_10 / rounds;
    }
    CHECK(ndcg_10_by_chance(right, candidates) == doctest::Approx(sum).epsilon(0.02));
  }
}
