#include "tandem/figures/axes.h"

#include <doctest/doctest.h>

using tandem::round_ticks;
using tandem::tick_text;

TEST_CASE("ticks are round numbers inside the range") {
  CHECK(round_ticks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(round_ticks(-0.3, 1.1, 4) == std::vector<double>{0, 0.5, 1});
  CHECK(round_ticks(1234, 5678, 4).front() == 2000);
  CHECK(round_ticks(3, 3, 5) == std::vector<double>{3});
}

TEST_CASE("tick labels have as many digits as tell them apart") {
  CHECK(tick_text(0.5, {0, 0.5, 1}) == "0.5");
  CHECK(tick_text(20, {20, 40}) == "20");
  CHECK(tick_text(-0.0, {-0.02, 0, 0.02}) == "0.00");
}

TEST_CASE("a value is placed in its area with y running down") {
  const tandem::ChartArea area{.corner = {10, 20}, .width = 100, .height = 50, .low = {0, 0}, .high = {1, 10}};
  CHECK(area.place({0, 0}).y == doctest::Approx(70));
  CHECK(area.place({1, 10}).x == doctest::Approx(110));
  CHECK(area.place({1, 10}).y == doctest::Approx(20));
}
