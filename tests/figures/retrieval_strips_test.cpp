#include "tandem/figures/retrieval_strips.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "svg_text.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

NamedPicture grey(const std::string& name, std::int64_t height, std::int64_t width) {
  return {.name = name,
          .image = {.height = height, .width = width, .pixels = std::vector<std::uint8_t>(3 * height * width, 128)}};
}

CaptionQuery found(const std::string& caption) {
  const PictureAnswer own{.picture = grey("own", 3, 4), .similarity = 0.75, .is_true = true};
  return {.caption = caption,
          .nearest = {own, {.picture = grey("other", 1, 1), .similarity = 0.5}},
          .own = own,
          .own_rank = 1};
}

CaptionQuery missed(const std::string& caption) {
  CaptionQuery query = found(caption);
  query.own.similarity = 0.25;
  query.own_rank = 37;
  query.nearest[0] = {.picture = grey("another", 300, 2), .similarity = 0.625, .is_true = false};
  return query;
}

PictureQuery pictured(bool is_found) {
  const CaptionAnswer own{.caption = "its <own> caption", .similarity = 0.75, .is_true = true};
  PictureQuery query{.picture = grey("p", 2, 300),
                     .nearest = {{.caption = "another", .similarity = 0.875}, own},
                     .own = own,
                     .own_rank = 2};
  if (!is_found) {
    query.nearest[1] = {.caption = "a third", .similarity = 0.5};
    query.own_rank = 9;
  }
  return query;
}

}  // namespace

TEST_CASE("a caption's strip shows its answers, ticks the true one and shows a missed one last with its rank") {
  const ScratchFolder folder;
  draw_caption_queries(folder / "hit.svg", {found("a dog & a cat")}, "Title", "a note");
  draw_caption_queries(folder / "miss.svg", {missed("a dog & a cat")}, "Title", "a note");
  const std::string hit = read_file(folder / "hit.svg");
  const std::string miss = read_file(folder / "miss.svg");
  CHECK(has_words(hit, "a dog &amp; a cat"));
  CHECK(has_words(hit, "✓ 0.75"));
  CHECK(has_words(hit, "0.50"));
  CHECK(hit.find("rank") == std::string::npos);
  CHECK(occurrences(hit, "<image") == 2);
  CHECK(has_words(miss, "✓ 0.25, rank 37"));
  CHECK(occurrences(miss, "<image") == 3);
}

TEST_CASE("a picture's strip ticks its own captions and tells the rank where none is among the first") {
  const ScratchFolder folder;
  draw_picture_queries(folder / "hit.svg", {pictured(true)}, "Title");
  draw_picture_queries(folder / "miss.svg", {pictured(false)}, "Title");
  const std::string hit = read_file(folder / "hit.svg");
  const std::string miss = read_file(folder / "miss.svg");
  CHECK(has_words(hit, "its &lt;own&gt; caption"));
  CHECK(occurrences(hit, "\n✓\n") == 1);
  CHECK(has_words(miss, "rank 9: its &lt;own&gt; caption"));
}

TEST_CASE("a long caption is cut with an ellipsis after four lines and a sheet grows by a strip a query") {
  const ScratchFolder folder;
  std::string caption;
  for (int i = 0; i < 200; ++i) caption += "word ";
  draw_caption_queries(folder / "one.svg", {found(caption)}, "Title");
  const std::string text = read_file(folder / "one.svg");
  CHECK(occurrences(text, "…\n") == 1);
  CHECK(occurrences(text, "\nword word") <= 4);
  const auto height = [&](const char* name) {
    const std::string svg = read_file(folder / name);
    return std::stod(svg.substr(svg.find("height=\"") + 8));
  };
  draw_caption_queries(folder / "two.svg", {found("a"), missed("b")}, "Title");
  draw_caption_queries(folder / "three.svg", {found("a"), missed("b"), found("c")}, "Title");
  CHECK(height("three.svg") - height("two.svg") == doctest::Approx(height("two.svg") - height("one.svg")));
}

TEST_CASE("a picture that could not be read is a tile with its name") {
  const ScratchFolder folder;
  CaptionQuery query = found("a");
  query.nearest[1].picture = {.name = "gone.jpg", .image = {}};
  draw_caption_queries(folder / "gone.svg", {query}, "Title");
  const std::string text = read_file(folder / "gone.svg");
  CHECK(has_words(text, "gone.jpg"));
  CHECK(occurrences(text, "<image") == 1);
}

TEST_CASE("strips are drawn alike twice, in every format, and in the dark differ in colours alone") {
  const ScratchFolder folder;
  const std::vector<CaptionQuery> queries{found("a"), missed("\u05db\u05dc\u05d1 \U0001F415")};
  for (const std::string ending : {".png", ".svg", ".pdf"}) {
    draw_caption_queries(folder / ("one" + ending), queries, "Title");
    draw_caption_queries(folder / ("two" + ending), queries, "Title");
    CHECK_MESSAGE(tandem::tests::without_numbers(read_file(folder / ("one" + ending))) ==
                      tandem::tests::without_numbers(read_file(folder / ("two" + ending))),
                  ending);
  }
  draw_caption_queries(folder / "dark.svg", queries, "Title", "", kDarkTheme);
  CHECK(without_colours(read_file(folder / "dark.svg")) == without_colours(read_file(folder / "one.svg")));
}

TEST_CASE("strips of nothing, of uneven answers or of misshapen pictures are refused and nothing is written") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_caption_queries(folder / "s.png", {}, "T"), doctest::Contains("at least one query"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_picture_queries(folder / "s.png", {}, "T"), doctest::Contains("at least one query"),
                       c10::ValueError);
  CaptionQuery uneven = found("a");
  uneven.nearest.pop_back();
  CHECK_THROWS_WITH_AS(draw_caption_queries(folder / "s.png", {found("a"), uneven}, "T"),
                       doctest::Contains("same number of answers, from 1 to 8, got 1"), c10::ValueError);
  CaptionQuery misshapen = found("a");
  misshapen.nearest[0].picture.image.width = 9;
  CHECK_THROWS_WITH_AS(draw_caption_queries(folder / "s.png", {misshapen}, "T"), doctest::Contains("bytes were needed"),
                       c10::ValueError);
  CHECK_THROWS_AS(draw_caption_queries(folder / "s.gif", {found("a")}, "T"), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
