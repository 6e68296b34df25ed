#include "tandem/data/split_by_hash.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace tandem;

TEST_CASE("eight of ten keys train and one each is for dev and test") {
  std::array<int, 4> counts{};
  for (int i = 0; i < 20000; ++i) ++counts[static_cast<int>(split_by_hash("picture " + std::to_string(i)))];
  // Four standard deviations of a fair draw are 226 and 170.
  CHECK(std::abs(counts[0] - 16000) < 226);
  CHECK(std::abs(counts[1] - 2000) < 170);
  CHECK(std::abs(counts[2] - 2000) < 170);
  CHECK(counts[3] == 0);
}

TEST_CASE("a key stays on its side for ever") {
  // Written down once: a change here would move pictures between training and test of everyone's
  // runs.
  std::string sides;
  for (int i = 0; i < 40; ++i) sides += split_name(split_by_hash(std::to_string(i)))[2];  // trAin, deV, teSt
  CHECK(sides == "asaasaaaaaaavaaavaaaaaaaaaaasaaasavsavaa");
}
