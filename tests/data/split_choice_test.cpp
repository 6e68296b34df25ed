#include "tandem/data/split_choice.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("a split is chosen by name, and all is every picture") {
  CHECK(split_choice("test") == Split::kTest);
  CHECK(split_choice("none") == Split::kNone);
  CHECK(split_choice("val") == Split::kDev);
  CHECK(split_choice("all") == std::nullopt);
  CHECK(usual_split_name("val") == "dev");
  CHECK(usual_split_name("all") == "all");
}

TEST_CASE("a split that does not exist is refused with the names that do") {
  CHECK_THROWS_WITH_AS(
      split_choice("exam"),
      doctest::Contains("--split must be train, dev, test, none (pictures in no split) or all, got \"exam\""),
      c10::ValueError);
}
