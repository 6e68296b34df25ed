#include "tandem/figures/similarity_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "svg_text.h"
#include "tandem/base/errors.h"
#include "tandem/images/image_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::Colour;
using tandem::draw_similarity_matrix;
using tandem::read_file;
using tandem::sequential_colour;
using namespace tandem::tests;

TEST_CASE("the colours of similarities get lighter all the way, which every reader sees") {
  double before = -1;
  for (int i = 0; i <= 100; ++i) {
    const Colour colour = sequential_colour(i / 100.0);
    const double light = 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue;
    CHECK(light > before);
    before = light;
  }
  CHECK(sequential_colour(-1).blue == sequential_colour(0).blue);
  CHECK(sequential_colour(2).red == sequential_colour(1).red);
}

TEST_CASE("the diagonal of an identity is drawn in the lightest colour and all else in the darkest") {
  const ScratchFolder folder;
  draw_similarity_matrix(folder / "matrix.png", at::eye(3));
  const tandem::RgbImage png = tandem::decode_image(read_file(folder / "matrix.png"), "matrix.png");
  std::int64_t light = 0, dark = 0;
  for (std::size_t i = 0; i < png.pixels.size(); i += 3) {
    light += png.pixels[i] == 0xfe && png.pixels[i + 1] == 0xe8 && png.pixels[i + 2] == 0x38;
    dark += png.pixels[i] == 0x00 && png.pixels[i + 1] == 0x22 && png.pixels[i + 2] == 0x4e;
  }
  CHECK(light > 10000);
  CHECK(static_cast<double>(dark) / static_cast<double>(light) == doctest::Approx(2).epsilon(0.03));
}

TEST_CASE("the matrix names its sides, its numbers and what the diagonal is") {
  const ScratchFolder folder;
  draw_similarity_matrix(folder / "matrix.svg", at::eye(4) * 0.8, "A & B", "a note");
  const std::string text = read_file(folder / "matrix.svg");
  for (const char* words : {"A &amp; B", "pictures", "captions, in the pictures&#39; order", "0.0", "0.8", "a note"})
    CHECK_MESSAGE(has_words(text, words), words);
  CHECK(text.find("4 pictures by 4 captions; the diagonal holds the true pairs. a note") != std::string::npos);
  draw_similarity_matrix(folder / "dark.svg", at::eye(4) * 0.8, "A & B", "a note", tandem::kDarkTheme);
  CHECK(without_colours(read_file(folder / "dark.svg")) == without_colours(text));
}

TEST_CASE("a matrix of one pair or of equal values can be drawn, one of none or of too many cannot") {
  const ScratchFolder folder;
  draw_similarity_matrix(folder / "one.svg", at::full({1, 1}, 0.5));
  draw_similarity_matrix(folder / "equal.pdf", at::ones({5, 5}));
  CHECK(read_file(folder / "one.svg").find("nan") == std::string::npos);
  std::filesystem::remove(folder / "one.svg");
  std::filesystem::remove(folder / "equal.pdf");
  CHECK_THROWS_WITH_AS(draw_similarity_matrix(folder / "m.png", at::ones({0, 0})),
                       doctest::Contains("of 1 to 500 rows, got [0, 0]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_similarity_matrix(folder / "m.png", at::ones({3, 4})), doctest::Contains("must be square"),
                       c10::ValueError);
  CHECK_THROWS_AS(draw_similarity_matrix(folder / "m.png", at::ones({501, 501})), c10::ValueError);
  CHECK_THROWS_WITH_AS(
      draw_similarity_matrix(folder / "m.png", at::full({2, 2}, std::numeric_limits<double>::infinity())),
      doctest::Contains("must be finite"), c10::ValueError);
  CHECK_THROWS_AS(draw_similarity_matrix(folder / "m.jpg", at::ones({2, 2})), tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
