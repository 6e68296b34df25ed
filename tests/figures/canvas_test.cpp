#include "tandem/figures/canvas.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::Canvas;
using tandem::draw_figure;
using tandem::FileError;
using tandem::read_file;
using tandem::tests::ScratchFolder;

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

TEST_CASE("a PNG has two pixels a point") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.png", 120, 80, {"title", "description"}, draw_words);
  const std::string bytes = read_file(folder / "figure.png");
  CHECK(bytes.starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(big_endian(bytes, 16) == 240);
  CHECK(big_endian(bytes, 20) == 160);
}

TEST_CASE("an SVG carries its words as title and description") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.svg", 120, 80, {"a < b", "said \"so\" & more"}, draw_words);
  const std::string text = read_file(folder / "figure.svg");
  CHECK(text.starts_with("<?xml"));
  CHECK(text.find("<title>a &lt; b</title>") != std::string::npos);
  CHECK(text.find("<desc>said &quot;so&quot; &amp; more</desc>") != std::string::npos);
  CHECK(text.ends_with("</svg>\n"));
}

TEST_CASE("a PDF is a PDF to its end") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.pdf", 120, 80, {"title", "description"}, draw_words);
  const std::string bytes = read_file(folder / "figure.pdf");
  CHECK(bytes.starts_with("%PDF-"));
  CHECK(bytes.find("%%EOF") != std::string::npos);
}

TEST_CASE("the same drawing gives the same picture") {
  const ScratchFolder folder;
  draw_figure(folder / "one.png", 90, 90, {"t", "d"}, draw_words);
  draw_figure(folder / "two.png", 90, 90, {"t", "d"}, draw_words);
  CHECK(read_file(folder / "one.png") == read_file(folder / "two.png"));
}

TEST_CASE("an unknown ending is refused with the known ones and nothing is written") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(
      draw_figure(folder / "figure.bmp", 10, 10, {}, draw_words),
      doctest::Contains("figure.bmp: expected a figure's name to end in .png, .svg or .pdf, found .bmp"),
      FileError);
  CHECK_THROWS_WITH_AS(draw_figure(folder / "figure", 10, 10, {}, draw_words),
                       doctest::Contains("found no ending"), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a missing folder is an error and nothing is left behind") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_figure(folder / "none" / "figure.png", 10, 10, {}, draw_words),
                       doctest::Contains("No such file or directory"), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("text is wrapped at words to the width asked for") {
  const ScratchFolder folder;
  draw_figure(folder / "figure.png", 100, 40, {}, [](Canvas& canvas) {
    const tandem::TextStyle style{.size = 10};
    const auto lines = canvas.wrapped("one two three four five six seven eight", 80, style);
    CHECK(lines.size() > 2);
    for (const std::string& line : lines) CHECK(canvas.text_width(line, style) <= 80);
    CHECK(canvas.wrapped("", 80, style).empty());
    CHECK(canvas.wrapped("unbreakablyLongSingleWordThatIsTooWide", 20, style).size() == 1);
  });
}

TEST_CASE("text that is not UTF-8 is an error and not a crash") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_figure(folder / "figure.png", 90, 90, {},
                                   [](Canvas& canvas) {
                                     canvas.text({5, 20}, "\xff\xfe", {});
                                   }),
                       doctest::Contains("a figure that cairo can draw"), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
