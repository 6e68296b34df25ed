#include "tandem/base/number_text.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("numbers read as people write them") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(40455) == "40,455");
  CHECK(with_thousands(-1234567) == "-1,234,567");
  CHECK(decimal(29.04, 1) == "29.0");
  CHECK(clock_text(113) == "1:53");
  CHECK(clock_text(7313) == "2:01:53");
  CHECK(right_aligned("7", 3) == "  7");
  CHECK(left_aligned("longer", 3) == "longer");
}
