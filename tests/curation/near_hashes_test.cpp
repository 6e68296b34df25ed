#include "tandem/curation/near_hashes.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <bit>
#include <random>
#include <set>

using tandem::for_each_near_pair;

TEST_CASE("near pairs are those that comparing every pair finds and each once") {
  std::mt19937_64 chance(1);
  std::vector<std::uint64_t> hashes;
  for (int base = 0; base < 60; ++base) {
    const std::uint64_t hash = chance();
    for (int copy = 0; copy < 6; ++copy) {
      std::uint64_t flipped = hash;
      for (int flips = 3 * copy; flips > 0; --flips) flipped ^= std::uint64_t{1} << (chance() % 64);
      hashes.push_back(flipped);
    }
  }
  hashes.push_back(hashes.front());
  for (const int distance : {0, 1, 3, 4, 7, 8, 11, 15}) {
    std::set<std::pair<std::size_t, std::size_t>> slow, fast;
    for (std::size_t j = 0; j < hashes.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        if (std::popcount(hashes[i] ^ hashes[j]) <= distance) slow.insert({i, j});
      }
    }
    for_each_near_pair(hashes, distance, [&](std::size_t i, std::size_t j) {
      CHECK(i < j);
      CHECK(fast.insert({i, j}).second);
    });
    CHECK(fast == slow);
    CHECK(slow.size() > 0);
  }
}

TEST_CASE("no hashes have no pairs and absurd distances are refused") {
  for_each_near_pair({}, 7, [](std::size_t, std::size_t) { FAIL("a pair of nothing"); });
  CHECK_THROWS_WITH_AS(for_each_near_pair({1}, 16, {}), doctest::Contains("0 to 15, got 16"), c10::ValueError);
  CHECK_THROWS_AS(for_each_near_pair({1}, -1, {}), c10::ValueError);
}
