#include "tandem/audit/picture_folds.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace tandem;

TEST_CASE("folds hold every picture once and what is outside a fold is all the others") {
  const auto folds = picture_folds(103, 5, 7);
  REQUIRE(folds.size() == 5);
  std::multiset<std::int64_t> held_out;
  for (const auto& fold : folds) {
    CHECK((fold.size() == 20 || fold.size() == 21));
    CHECK(std::is_sorted(fold.begin(), fold.end()));
    held_out.insert(fold.begin(), fold.end());
    const auto outside = pictures_outside(103, fold);
    CHECK(outside.size() + fold.size() == 103);
    for (const std::int64_t picture : outside) CHECK(!std::binary_search(fold.begin(), fold.end(), picture));
  }
  CHECK(held_out.size() == 103);
  CHECK(std::set<std::int64_t>(held_out.begin(), held_out.end()).size() == 103);
  CHECK(picture_folds(103, 5, 7) == folds);
  CHECK(picture_folds(103, 5, 8) != folds);
}

TEST_CASE("folds of fewer than two pictures are refused") {
  CHECK(picture_folds(10, 5, 0).size() == 5);
  CHECK_THROWS_WITH_AS(picture_folds(10, 6, 0),
                       doctest::Contains("one for every two pictures (5 of 10 pictures) were needed, got 6"),
                       c10::ValueError);
  CHECK_THROWS_AS(picture_folds(10, 1, 0), c10::ValueError);
}
