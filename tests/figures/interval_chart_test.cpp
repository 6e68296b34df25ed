#include "tandem/figures/interval_chart.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "svg_text.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::has_words;
using tests::ScratchFolder;

TEST_CASE("an interval chart prints every value with its interval, and its legend") {
  const ScratchFolder folder;
  draw_interval_chart(folder / "chart.svg",
                      {{.heading = "Captions",
                        .by_text = true,
                        .rows = {{.label = "R@1", .value = 30, .low = 28.5, .high = 31.5, .other = 25, .chance = 0.1},
                                 {.label = "R@5", .value = 60, .low = 60, .high = 60}},
                        .line = 40}},
                      {.axis = "recall, %", .value_name = "now", .other_name = "then", .chance_name = "chance"});
  const std::string svg = read_file(folder / "chart.svg");
  for (const char* words : {"Captions", "R@1", "30.0 (28.5–31.5)", "60.0", "recall, %", "now", "then", "chance"})
    CHECK_MESSAGE(has_words(svg, words), words);
  CHECK(svg.find("Captions, R@1: 30.0 (28.5–31.5)%.") != std::string::npos);
}

TEST_CASE("an interval chart refuses numbers that are no percentages, and no rows") {
  const ScratchFolder folder;
  const auto draw = [&](const IntervalRow& row) {
    draw_interval_chart(folder / "chart.svg", {{.heading = "", .rows = {row}}}, {});
  };
  CHECK_THROWS_WITH_AS(draw({.label = "a", .value = 101}), doctest::Contains("must be from 0 to 100, got 101"),
                       c10::ValueError);
  CHECK_THROWS_AS(draw({.label = "a", .value = 1, .low = -1, .high = 2}), c10::ValueError);
  CHECK_THROWS_AS(draw({.label = "a", .value = 1, .low = 1, .high = 1, .chance = 120}), c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_interval_chart(folder / "chart.svg", {{.heading = "empty"}}, {}),
                       doctest::Contains("at least one row is needed"), c10::ValueError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
