#include "tandem/figures/share_bars.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "svg_text.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::has_words;
using tests::ScratchFolder;

TEST_CASE("share bars write the shares that have room, and name the parts") {
  const ScratchFolder folder;
  const std::vector<SharePart> parts = {{.name = "found", .colour = &Theme::aligned},
                                        {.name = "missed", .colour = &Theme::misaligned, .opacity = 0.4}};
  draw_share_bars(folder / "bars.svg", parts, {{.label = "captions", .counts = {999, 1}}}, "Shares");
  const std::string svg = read_file(folder / "bars.svg");
  for (const char* words : {"captions", "found", "missed", "99.9%"}) CHECK_MESSAGE(has_words(svg, words), words);
  CHECK_FALSE(has_words(svg, "0.1%"));  // It is in the description alone.
  CHECK(svg.find("captions, missed: 0.1%.") != std::string::npos);

  const auto draw = [&](const std::vector<ShareBar>& bars) { draw_share_bars(folder / "none.svg", parts, bars, ""); };
  CHECK_THROWS_WITH_AS(draw({}), doctest::Contains("at least one bar"), c10::ValueError);
  CHECK_THROWS_WITH_AS(draw({{.label = "a", .counts = {1}}}), doctest::Contains("needs 2 counts, got 1"),
                       c10::ValueError);
  CHECK_THROWS_AS(draw({{.label = "a", .counts = {1, -1}}}), c10::ValueError);
  CHECK_THROWS_WITH_AS(draw({{.label = "a", .counts = {0, 0}}}), doctest::Contains("must not be empty: a"),
                       c10::ValueError);
}
