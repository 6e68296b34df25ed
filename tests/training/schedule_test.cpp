#include "tandem/training/schedule.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using tandem::default_epochs;
using tandem::learning_rate_factor;
using tandem::ScheduleKind;

TEST_CASE("the learning rate rises to its full height and falls to nothing") {
  CHECK(learning_rate_factor(ScheduleKind::kCosine, 0, 100, 0.1) == doctest::Approx(1.0 / 11));
  CHECK(learning_rate_factor(ScheduleKind::kCosine, 10, 100, 0.1) == doctest::Approx(1));
  CHECK(learning_rate_factor(ScheduleKind::kCosine, 55, 100, 0.1) == doctest::Approx(0.5));
  CHECK(learning_rate_factor(ScheduleKind::kCosine, 99, 100, 0.1) < 0.001);
  CHECK(learning_rate_factor(ScheduleKind::kCosine, 0, 100, 0) == doctest::Approx(1));
  for (int step = 1; step < 10; ++step)
    CHECK(learning_rate_factor(ScheduleKind::kCosine, step, 100, 0.1) >
          learning_rate_factor(ScheduleKind::kCosine, step - 1, 100, 0.1));
  for (int step = 11; step < 100; ++step)
    CHECK(learning_rate_factor(ScheduleKind::kCosine, step, 100, 0.1) <
          learning_rate_factor(ScheduleKind::kCosine, step - 1, 100, 0.1));
}

TEST_CASE("a constant schedule rises and stays") {
  CHECK(learning_rate_factor(ScheduleKind::kConstant, 0, 100, 0.1) == doctest::Approx(1.0 / 11));
  for (int step = 10; step < 100; ++step) CHECK(learning_rate_factor(ScheduleKind::kConstant, step, 100, 0.1) == 1);
}

TEST_CASE("a step outside the course is refused") {
  CHECK_THROWS_AS(learning_rate_factor(ScheduleKind::kCosine, 100, 100, 0.1), c10::ValueError);
  CHECK_THROWS_AS(learning_rate_factor(ScheduleKind::kCosine, 0, 100, 1), c10::ValueError);
}

TEST_CASE("small sets are passed over more often and none more than a hundred times") {
  CHECK(default_epochs(30000, 1024) == 10);
  CHECK(default_epochs(600000, 1024) == 9);
  CHECK(default_epochs(5500, 1024) == 58);
  CHECK(default_epochs(300, 1024) == 100);
  CHECK_THROWS_AS(default_epochs(0, 1024), c10::ValueError);
}
