#include "tandem/training/schedule.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using tandem::cosine_with_warm_up;
using tandem::default_epochs;

TEST_CASE("the learning rate rises to its full height and falls to nothing") {
  CHECK(cosine_with_warm_up(0, 100, 0.1) == doctest::Approx(1.0 / 11));
  CHECK(cosine_with_warm_up(10, 100, 0.1) == doctest::Approx(1));
  CHECK(cosine_with_warm_up(55, 100, 0.1) == doctest::Approx(0.5));
  CHECK(cosine_with_warm_up(99, 100, 0.1) < 0.001);
  CHECK(cosine_with_warm_up(0, 100, 0) == doctest::Approx(1));
  for (int step = 1; step < 10; ++step) CHECK(cosine_with_warm_up(step, 100, 0.1) > cosine_with_warm_up(step - 1, 100, 0.1));
  for (int step = 11; step < 100; ++step) CHECK(cosine_with_warm_up(step, 100, 0.1) < cosine_with_warm_up(step - 1, 100, 0.1));
}

TEST_CASE("a step outside the course is refused") {
  CHECK_THROWS_AS(cosine_with_warm_up(100, 100, 0.1), c10::ValueError);
  CHECK_THROWS_AS(cosine_with_warm_up(0, 100, 1), c10::ValueError);
}

TEST_CASE("small sets are passed over more often and none more than a hundred times") {
  CHECK(default_epochs(30000, 1024) == 13);
  CHECK(default_epochs(600000, 1024) == 12);
  CHECK(default_epochs(5500, 1024) == 70);
  CHECK(default_epochs(300, 1024) == 100);
  CHECK_THROWS_AS(default_epochs(0, 1024), c10::ValueError);
}
