#include "tandem/figures/recall_curves.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "svg_text.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::draw_recall_curves;
using tandem::read_file;
using tandem::RecallBand;
using namespace tandem::tests;

namespace {

RecallBand rising(double start, std::size_t length) {
  RecallBand band;
  for (std::size_t k = 0; k < length; ++k) {
    band.recall.push_back(start + static_cast<double>(k));
    band.low.push_back(start + static_cast<double>(k) - 2);
    band.high.push_back(start + static_cast<double>(k) + 2);
    band.chance.push_back(static_cast<double>(k));
  }
  return band;
}

}  // namespace

TEST_CASE("recall curves print the values at 1, 5 and 10 of both ways and name what they show") {
  const ScratchFolder folder;
  draw_recall_curves(folder / "recall.svg", rising(40, 20), rising(30, 20), "Recall <k>", "a note");
  const std::string text = read_file(folder / "recall.svg");
  for (const char* words : {"40.0", "44.0", "49.0", "30.0", "34.0", "39.0", "picture to caption", "caption to picture",
                            "chance", "Recall@k, %", "a note", "Recall &lt;k&gt;"}) {
    CHECK_MESSAGE(has_words(text, words), words);
  }
  CHECK(text.find("Recall at k = 1 to 20, from pictures to captions and back. a note") != std::string::npos);
}

TEST_CASE("the legend of recall curves stands below the chart, where no line comes") {
  const ScratchFolder folder;
  draw_recall_curves(folder / "recall.svg", rising(40, 20), rising(30, 20));
  const std::string text = read_file(folder / "recall.svg");
  const auto lowest_of = [&](const std::string& start) {  // y of the last place of every such stroke
    double lowest = 0;
    const std::regex place("d=\"M [0-9.]+ ([0-9.]+)[^\"]*\"");
    for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
      std::smatch found;
      const std::string rest = text.substr(at, 400);
      if (std::regex_search(rest, found, place)) lowest = std::max(lowest, std::stod(found[1]));
    }
    return lowest;
  };
  const double curves = lowest_of("stroke-width:1.1;");
  const double legend = lowest_of("stroke-width:1.4;");
  CHECK(curves > 0);
  CHECK(legend > curves + 10);
}

TEST_CASE("recall curves of one k, without intervals or chance, can be drawn and do not name a chance level") {
  const ScratchFolder folder;
  draw_recall_curves(folder / "recall.svg", {.recall = {100}}, {.recall = {0}});
  const std::string text = read_file(folder / "recall.svg");
  CHECK(has_words(text, "100.0"));
  CHECK(!has_words(text, "chance"));
  CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("recall curves in the dark differ in colours alone, and each drawing is the same twice") {
  const ScratchFolder folder;
  draw_recall_curves(folder / "light.svg", rising(40, 20), rising(30, 20));
  draw_recall_curves(folder / "again.svg", rising(40, 20), rising(30, 20));
  draw_recall_curves(folder / "dark.svg", rising(40, 20), rising(30, 20), "Recall over k", "", tandem::kDarkTheme);
  CHECK(tandem::tests::without_numbers(read_file(folder / "light.svg")) ==
        tandem::tests::without_numbers(read_file(folder / "again.svg")));
  CHECK(read_file(folder / "light.svg") != read_file(folder / "dark.svg"));
  CHECK(without_colours(read_file(folder / "light.svg")) == without_colours(read_file(folder / "dark.svg")));
}

TEST_CASE("recall curves that are empty, uneven or no percentages are refused and nothing is written") {
  const ScratchFolder folder;
  const RecallBand good = rising(40, 20);
  RecallBand wrong = good;
  CHECK_THROWS_WITH_AS(draw_recall_curves(folder / "r.png", {}, {}), doctest::Contains("at least 1, got 0"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_recall_curves(folder / "r.png", rising(1, 3), good),
                       doctest::Contains("as long, at least 1, got 3 of image_to_text and 20"), c10::ValueError);
  wrong.high.pop_back();
  CHECK_THROWS_WITH_AS(draw_recall_curves(folder / "r.png", good, wrong),
                       doctest::Contains("high of text_to_image must have 20 entries, got 19"), c10::ValueError);
  wrong = good;
  wrong.recall[3] = 101;
  CHECK_THROWS_WITH_AS(draw_recall_curves(folder / "r.png", wrong, good), doctest::Contains("from 0 to 100, got 101"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_recall_curves(folder / "r.bmp", good, good), doctest::Contains("found .bmp"),
                       tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
