#include "tandem/features/views.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("views are read as they are written") {
  const std::vector<View> views = parse_views("mean,max@-2,cls@0");
  REQUIRE(views.size() == 3);
  CHECK(view_text(views[0]) == "mean");
  CHECK(view_text(views[1]) == "max@-2");
  CHECK(views[2].layer == 0);
  CHECK(views[2].pooling == Pooling::kCls);
}

TEST_CASE("a view that is none is named") {
  for (const char* wrong : {"", "median", "mean@", "mean@x", "mean@1x", "mean,,max", "Mean", "mean@99999999999999999999"}) {
    CHECK_THROWS_WITH_AS(parse_views(wrong), doctest::Contains("a pooling is cls, mean, max or last"), c10::ValueError);
  }
}
