#include "tandem/figures/canvas.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "svg_text.h"
#include "tandem/base/errors.h"
#include "tandem/images/image_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::Canvas;
using tandem::draw_figure;
using tandem::FileError;
using tandem::read_file;
using tandem::RgbImage;
using tandem::tests::ScratchFolder;
using tandem::tests::without_colours;
using tandem::tests::without_numbers;

namespace {

void draw_words(Canvas& canvas) {
  canvas.text({10, 30}, "words", {.size = 14});
  canvas.disc({50, 60}, 8, tandem::kBlue);
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

}  // namespace

TEST_CASE("a PNG has four pixels a point") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.png", 120, 80, {"title", "description"}, draw_words);
  const std::string bytes = read_file(folder / "figure.png");
  CHECK(bytes.starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(big_endian(bytes, 16) == 480);
  CHECK(big_endian(bytes, 20) == 320);
}

TEST_CASE("an SVG carries its words as title and description") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.svg", 120, 80, {"a < b", "said \"so\" & more"}, draw_words);
  const std::string text = read_file(folder / "figure.svg");
  CHECK(text.starts_with("<?xml"));
  CHECK(text.find("<title>a &lt; b</title>") != std::string::npos);
  CHECK(text.find("<desc>said &quot;so&quot; &amp; more</desc>") != std::string::npos);
  CHECK(text.find("<metadata>\nwords\n</metadata>") != std::string::npos);
  CHECK(text.ends_with("</svg>\n"));
}

TEST_CASE("a PDF is a PDF to its end and brings its font") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.pdf", 120, 80, {"title", "description"}, draw_words);
  const std::string bytes = read_file(folder / "figure.pdf");
  CHECK(bytes.starts_with("%PDF-"));
  CHECK(bytes.find("%%EOF") != std::string::npos);
  CHECK(bytes.find("/FontFile") != std::string::npos);
}

TEST_CASE("the same drawing gives the same figure in every format") {
  const ScratchFolder folder;
  for (const std::string ending : {".png", ".svg", ".pdf"}) {
    draw_figure(folder / ("one" + ending), 90, 90, {"t", "d"}, draw_words);
    draw_figure(folder / ("two" + ending), 90, 90, {"t", "d"}, draw_words);
    CHECK_MESSAGE(
        without_numbers(read_file(folder / ("one" + ending))) == without_numbers(read_file(folder / ("two" + ending))),
        ending);
  }
}

TEST_CASE("a dark theme changes colours and nothing else") {
  const ScratchFolder folder;
  draw_figure(folder / "light.svg", 120, 80, {"t", "d"}, draw_words);
  draw_figure(folder / "dark.svg", 120, 80, {"t", "d"}, draw_words, tandem::kDarkTheme);
  const std::string light = read_file(folder / "light.svg");
  const std::string dark = read_file(folder / "dark.svg");
  CHECK(light != dark);
  CHECK(without_colours(light) == without_colours(dark));
}

TEST_CASE("a picture of one pixel fills its rectangle and lies in an SVG as a JPEG") {
  const ScratchFolder folder;
  const RgbImage red{.height = 1, .width = 1, .pixels = {255, 0, 0}};
  const auto draw = [&](Canvas& canvas) { canvas.picture({5, 5}, 40, 30, red); };
  for (const char* name : {"one.png", "one.svg", "one.pdf"}) draw_figure(folder / name, 60, 60, {"t", "d"}, draw);
  CHECK(read_file(folder / "one.svg").find("data:image/jpeg;base64,") != std::string::npos);
  const RgbImage png = tandem::decode_image(read_file(folder / "one.png"), "one.png");
  const auto sample = [&](std::int64_t x, std::int64_t y) {
    return png.pixels[3 * (y * png.width + x) + 1];
  };  // green: 0 in red, 255 on paper
  for (const auto& [x, y] : {std::pair{21, 21}, std::pair{178, 138}, std::pair{100, 80}}) CHECK(sample(x, y) == 0);
  for (const auto& [x, y] : {std::pair{18, 21}, std::pair{182, 138}, std::pair{100, 142}}) CHECK(sample(x, y) == 255);
}

TEST_CASE("a picture whose bytes do not fit its size is refused") {
  const ScratchFolder folder;
  const RgbImage wrong{.height = 2, .width = 2, .pixels = {1, 2, 3}};
  CHECK_THROWS_WITH_AS(
      draw_figure(folder / "figure.png", 60, 60, {}, [&](Canvas& canvas) { canvas.picture({0, 0}, 9, 9, wrong); }),
      doctest::Contains("height x width x 3 bytes were needed, got 3 for 2 x 2"), c10::ValueError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("right-to-left letters, emoji and marks are drawn by some glyph, without an error") {
  const ScratchFolder folder;
  for (const char* name : {"odd.png", "odd.svg", "odd.pdf"}) {
    draw_figure(folder / name, 120, 80, {"\u05db\u05dc\u05d1", "\U0001F415"}, [](Canvas& canvas) {
      canvas.text({5, 20}, "\u05db\u05dc\u05d1 \u0643\u0644\u0628 \U0001F415\u200d\U0001F9BA e\u0301 <b>", {.size = 9});
    });
  }
  CHECK(read_file(folder / "odd.svg").find("&lt;b&gt;\n</metadata>") != std::string::npos);
}

TEST_CASE("an unknown ending is refused with the known ones and nothing is written") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(
      draw_figure(folder / "figure.bmp", 10, 10, {}, draw_words),
      doctest::Contains("figure.bmp: expected a figure's name to end in .png, .svg or .pdf, found .bmp"), FileError);
  CHECK_THROWS_WITH_AS(draw_figure(folder / "figure", 10, 10, {}, draw_words), doctest::Contains("found no ending"),
                       FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a missing folder is an error and nothing is left behind") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_figure(folder / "none" / "figure.png", 10, 10, {}, draw_words),
                       doctest::Contains("No such file or directory"), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("text is wrapped at words to the width asked for, as wide in every format") {
  const ScratchFolder folder;
  const tandem::TextStyle style{.size = 10};
  const std::string words = "one two three four five six seven eight";
  const auto lines = tandem::wrapped_text(words, 80, style);
  CHECK(lines.size() > 2);
  std::string joined;
  for (const std::string& line : lines) joined += (joined.empty() ? "" : " ") + line;
  CHECK(joined == words);
  for (const char* name : {"figure.png", "figure.svg", "figure.pdf"}) {
    draw_figure(folder / name, 100, 40, {}, [&](Canvas& canvas) {
      for (const std::string& line : lines) CHECK(canvas.text_width(line, style) <= 80 + 1e-6);
    });
  }
  CHECK(tandem::wrapped_text("", 80, style).empty());
}

TEST_CASE("a word wider than the line is broken between characters, never within one") {
  const tandem::TextStyle style{.size = 10};
  std::string word;
  for (int i = 0; i < 30; ++i) word += "\u00e9";
  const auto lines = tandem::wrapped_text(word, 40, style);
  CHECK(lines.size() > 3);
  std::string joined;
  for (const std::string& line : lines) {
    CHECK(line.size() % 2 == 0);
    joined += line;
  }
  CHECK(joined == word);
  CHECK(tandem::wrapped_text("abc", 0.1, style).size() == 3);
}

TEST_CASE("what does not fit into the lines allowed ends in an ellipsis within the width") {
  const ScratchFolder folder;
  const tandem::TextStyle style{.size = 10};
  const auto lines = tandem::wrapped_text("one two three four five six seven eight nine ten", 80, style, 2);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].ends_with("…"));
  CHECK(!lines[0].ends_with("…"));
  draw_figure(folder / "figure.png", 100, 40, {},
              [&](Canvas& canvas) { CHECK(canvas.text_width(lines[1], style) <= 80 + 1e-6); });
  CHECK(tandem::wrapped_text("one two", 80, style, 2) == std::vector<std::string>{"one two"});
  CHECK_THROWS_AS(tandem::wrapped_text("one", 80, style, -1), c10::ValueError);
}

TEST_CASE("text that is not UTF-8 is an error and not a crash") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(
      draw_figure(folder / "figure.png", 90, 90, {}, [](Canvas& canvas) { canvas.text({5, 20}, "\xff\xfe", {}); }),
      doctest::Contains("a figure that cairo can draw"), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
