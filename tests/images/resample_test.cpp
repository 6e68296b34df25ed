#include "tandem/images/resample.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "images/formula_picture.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::adler32;
using tandem::tests::formula_picture;

TEST_CASE("resize equals Pillow bit for bit in every filter up and down and at odd sizes") {
  for (const Json& row : read_json(tests::reference_dir() / "images" / "resize.json")) {
    CAPTURE(row.dump());
    const RgbImage picture = formula_picture(row["from"][0], row["from"][1]);
    const RgbImage resized = resize(picture, row["to"][0], row["to"][1], static_cast<Filter>(row["filter"].get<int>()));
    CHECK(resized.height == row["to"][0]);
    CHECK(resized.width == row["to"][1]);
    CHECK(adler32(resized) == row["adler32"].get<std::uint32_t>());
  }
}

TEST_CASE("a box filter that halves a picture is the mean of four pixels rounded after each direction") {
  const RgbImage picture = formula_picture(22, 34);
  const RgbImage half = resize(picture, 11, 17, Filter::kBox);
  for (std::int64_t i = 0; i < 3 * 11 * 17; ++i) {
    const std::int64_t channel = i % 3;
    const std::int64_t x = i / 3 % 17;
    const std::int64_t y = i / 3 / 17;
    const auto across = [&](std::int64_t row) {
      const std::uint8_t* pair = &picture.pixels[3 * (row * 34 + 2 * x) + channel];
      return (pair[0] + pair[3] + 1) / 2;
    };
    REQUIRE(half.pixels[i] == (across(2 * y) + across(2 * y + 1) + 1) / 2);
  }
}

TEST_CASE("a window equals the same part cut out of the whole in every filter") {
  const RgbImage picture = formula_picture(41, 57);
  const std::int64_t sizes[][2] = {{23, 31}, {41, 31}, {90, 57}, {41, 57}, {77, 130}};
  for (const auto& [height, width] : sizes) {
    for (int number = 0; number < 6; ++number) {
      const auto filter = static_cast<Filter>(number);
      const Window window{.top = 5, .left = 9, .height = 13, .width = 17};
      const RgbImage whole = resize(picture, height, width, filter);
      const RgbImage part = resize_window(picture, height, width, filter, window);
      for (std::int64_t y = 0; y < window.height; ++y) {
        for (std::int64_t x = 0; x < 3 * window.width; ++x) {
          REQUIRE(part.pixels[y * 3 * window.width + x] ==
                  whole.pixels[(window.top + y) * 3 * width + 3 * window.left + x]);
        }
      }
    }
  }
}

TEST_CASE("a picture of one colour keeps it at any size") {
  const RgbImage plain{7, 5, std::vector<std::uint8_t>(3 * 7 * 5, 201)};
  for (int number = 0; number < 6; ++number) {
    for (const std::uint8_t byte : resize(plain, 19, 3, static_cast<Filter>(number)).pixels) REQUIRE(byte == 201);
  }
}

TEST_CASE("resize refuses empty pictures and sizes and windows over the edge") {
  const RgbImage picture = formula_picture(4, 4);
  CHECK_THROWS_WITH_AS(resize(RgbImage{}, 2, 2, Filter::kBox), doctest::Contains("resize: needed a picture"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(resize(RgbImage{9, 9, {1, 2, 3}}, 2, 2, Filter::kBox), doctest::Contains("3 bytes"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(resize(picture, 0, 2, Filter::kBox), doctest::Contains("got 2 x 0"), c10::ValueError);
  CHECK_THROWS_WITH_AS(resize_window(picture, 8, 8, Filter::kBox, {.top = 5, .left = 0, .height = 4, .width = 8}),
                       doctest::Contains("must lie inside 8 x 8"), c10::ValueError);
  CHECK_THROWS_AS(resize(picture, 2, 2, static_cast<Filter>(6)), c10::ValueError);
}
