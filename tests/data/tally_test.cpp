#include "tandem/data/tally.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("a tally names the first three and counts the rest") {
  Tally tally;
  std::vector<std::string> remarks;
  tally.remark(remarks, "pictures are missing");
  CHECK(remarks.empty());
  for (const char* name : {"a", "b"}) tally.add(name);
  CHECK(tally.names() == "a, b");
  for (const char* name : {"c", "d", "e"}) tally.add(name);
  tally.remark(remarks, "pictures are missing");
  std::vector<Defect> defects;
  tally.defect(defects, "blank captions", "x.csv");
  REQUIRE(defects.size() == 1);
  CHECK(defects[0].places.size() == 5);
  CHECK(defects[0].sentence() == "blank captions were left out: 5 (x.csv: a, b, c and 2 more)");
  CHECK(remarks == std::vector<std::string>{"pictures are missing: 5 (a, b, c and 2 more)"});
}
