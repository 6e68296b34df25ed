#include "tandem/figures/joint_map.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "small_map.h"
#include "svg_text.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::draw_joint_map;
using tandem::JointMap;
using tandem::read_file;
using tandem::tests::occurrences;
using tandem::tests::ScratchFolder;
using tandem::tests::small_map;

TEST_CASE("the map as SVG says what its marks mean and escapes the title") {
  const ScratchFolder folder;
  draw_joint_map(folder / "map.svg", small_map());
  const std::string text = read_file(folder / "map.svg");
  CHECK(text.find("<title>A map &amp; its &lt;title&gt;</title>") != std::string::npos);
  CHECK(text.find("Pictures are discs, captions triangles; a line joins each caption to its picture.") !=
        std::string::npos);
  CHECK(text.find("PCA of 3 pictures and 4 captions.") != std::string::npos);
  CHECK(occurrences(text, "<g") == occurrences(text, "</g>"));
  CHECK(occurrences(text, "<svg") == 1);
  CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("the map is drawn in all three formats") {
  const ScratchFolder folder;
  draw_joint_map(folder / "map.png", small_map());
  draw_joint_map(folder / "map.pdf", small_map());
  CHECK(read_file(folder / "map.png").starts_with("\x89PNG"));
  CHECK(read_file(folder / "map.pdf").starts_with("%PDF-"));
}

TEST_CASE("a single point and a map without captions can be drawn") {
  const ScratchFolder folder;
  const JointMap map{.image_points = at::zeros({1, 2}),
                     .text_points = at::zeros({0, 2}),
                     .image_of_text = {},
                     .title = "One",
                     .note = ""};
  draw_joint_map(folder / "map.svg", map);
  CHECK(read_file(folder / "map.svg").find("nan") == std::string::npos);
}

TEST_CASE("a map refuses points that are not finite or belong to no picture") {
  const ScratchFolder folder;
  JointMap map = small_map();
  map.image_of_text[2] = 3;
  CHECK_THROWS_WITH_AS(draw_joint_map(folder / "map.png", map),
                       doctest::Contains("draw_joint_map: image_of_text must be from 0 to 2, got 3"), c10::ValueError);
  map = small_map();
  map.image_of_text.pop_back();
  CHECK_THROWS_WITH_AS(draw_joint_map(folder / "map.png", map), doctest::Contains("one entry a caption, 4, got 3"),
                       c10::ValueError);
  map = small_map();
  map.text_points[1][0] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(draw_joint_map(folder / "map.png", map), doctest::Contains("text_points must be finite"),
                       c10::ValueError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a map refuses an unknown ending before it draws") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_joint_map(folder / "map.jpg", small_map()),
                       doctest::Contains(".png, .svg or .pdf, found .jpg"), tandem::FileError);
}

TEST_CASE("two maps stand side by side with the title and the note of each") {
  const ScratchFolder folder;
  JointMap before = small_map();
  JointMap after = small_map();
  before.title = "Before <training>";
  before.note = "ratio 1.00";
  after.title = "After training";
  after.note = "ratio 0.25";
  tandem::draw_joint_map_pair(folder / "pair.svg", before, after, "Both", "a note of both");
  draw_joint_map(folder / "one.svg", before);
  const std::string pair = read_file(folder / "pair.svg");
  const std::string one = read_file(folder / "one.svg");
  for (const char* words : {"Both", "Before &lt;training&gt;", "After training", "ratio 1.00", "ratio 0.25",
                            "a note of both", "picture (3)", "caption (4)"}) {
    CHECK_MESSAGE(tandem::tests::has_words(pair, words), words);
  }
  // Pairs' lines are the only ones so wide: as many in one map as captions, twice in two.
  CHECK(occurrences(one, "stroke-width:0.5;") == 4);
  CHECK(occurrences(pair, "stroke-width:0.5;") == 8);
  CHECK(pair.find("nan") == std::string::npos);
  tandem::draw_joint_map_pair(folder / "dark.svg", before, after, "Both", "a note of both", tandem::kDarkTheme);
  CHECK(tandem::tests::without_colours(read_file(folder / "dark.svg")) == tandem::tests::without_colours(pair));
}

TEST_CASE("the frame of a map has the shape of its points, within limits") {
  const ScratchFolder folder;
  const auto height = [&](double width_over_height) {
    const JointMap map{.image_points = at::tensor({0.0, 0.0, width_over_height, 1.0}).view({2, 2}),
                       .text_points = at::zeros({0, 2}),
                       .image_of_text = {},
                       .title = "Shape",
                       .note = ""};
    draw_joint_map(folder / "map.svg", map);
    const std::string text = read_file(folder / "map.svg");
    const std::size_t at = text.find("height=\"") + 8;
    return std::stod(text.substr(at));
  };
  const double square = height(1);
  CHECK(height(2) == doctest::Approx(square - 217.0 / 2));  // 229 points wide, with 6 free on every side
  CHECK(height(0.8) == doctest::Approx(square + 217.0 / 4));
  CHECK(height(100) == doctest::Approx(square - 0.55 * 229));
  CHECK(height(0.01) == doctest::Approx(square + 0.35 * 229));
}

TEST_CASE("the short note is printed and the whole one is in the description") {
  const ScratchFolder folder;
  JointMap map = small_map();
  map.short_note = "in short";
  draw_joint_map(folder / "map.svg", map);
  const std::string text = read_file(folder / "map.svg");
  CHECK(tandem::tests::has_words(text, "in short"));
  CHECK_FALSE(tandem::tests::has_words(text, map.note));
  CHECK(text.find(map.note) != std::string::npos);
}

TEST_CASE("two maps are refused if either is wrong") {
  const ScratchFolder folder;
  JointMap wrong = small_map();
  wrong.image_of_text.pop_back();
  CHECK_THROWS_WITH_AS(tandem::draw_joint_map_pair(folder / "pair.png", small_map(), wrong, "Both"),
                       doctest::Contains("draw_joint_map_pair: image_of_text"), c10::ValueError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
