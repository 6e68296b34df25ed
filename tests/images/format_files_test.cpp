// The small files of tests/reference/make_format_reference.py: BMP, GIF, TIFF, HEIC and AVIF of many kinds.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/images/image_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::filesystem::path format_file(const std::string& name) {
  return tests::reference_dir() / "images" / "formats" / name;
}

/// One or two per decoder, and per way through it. `tail`: bytes at the end that the picture does not need: what fills
/// a BMP's last row, a GIF's end mark, the pointer to a TIFF's next directory.
struct FormatFile {
  std::string name;
  std::size_t tail = 0;
};
const FormatFile kOfEveryFormat[] = {{"bits_24.bmp", 3},    {"rle_8.bmp"},    {"alpha.bmp"},  {"plain.gif", 1},
                                     {"interlaced.gif", 1}, {"lzw.tif"},      {"planes.tif"}, {"tiled.tif"},
                                     {"jpeg.tif"},          {"fax_4.tif", 4}, {"ycbcr.tif"},  {"plain.heic"},
                                     {"alpha.heic"},        {"deep.heic"},    {"plain.avif"}};

int largest_difference(const RgbImage& a, const RgbImage& b) {
  int most = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i)
    most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  return most;
}

}  // namespace

TEST_CASE("BMP, GIF, TIFF, HEIC and AVIF decode to the pixels that other readers find") {
  const Json files = read_json(format_file("files.json"));
  CHECK(files.size() == 63);
  for (const auto& [name, expected] : files.items()) {
    CAPTURE(name);
    const RgbImage image = read_image(format_file(name));
    CHECK(image.height == expected["size"][0]);
    CHECK(image.width == expected["size"][1]);
    if (expected.contains("adler32")) {
      CHECK(tests::adler32(image) == expected["adler32"].get<std::uint32_t>());
    } else {
      const RgbImage other = read_image(format_file(expected["pixels"].get<std::string>()));
      CHECK(largest_difference(image, other) <= expected["most"].get<int>());
    }
  }
}

TEST_CASE("a lossy picture is near the one that was saved") {
  const RgbImage saved = tests::formula_picture(29, 43);
  for (const char* name : {"plain.heic", "deep.heic", "plain.avif"}) {
    CAPTURE(name);
    CHECK(largest_difference(read_image(format_file(name)), saved) <= 32);
  }
}

TEST_CASE("a file of every format that is cut anywhere gives an error and, cut by half, its name") {
  for (const auto& [name, tail] : kOfEveryFormat) {
    CAPTURE(name);
    const std::string whole = read_file(format_file(name));
    CHECK_THROWS_AS(decode_image(std::string_view(whole).substr(0, whole.size() - tail - 1), name), FileError);
    for (std::size_t size = 0; size + tail < whole.size(); size += size < 600 ? 1 : 37) {
      CAPTURE(size);
      CHECK_THROWS_AS(decode_image(std::string_view(whole).substr(0, size), name), FileError);
    }
    CHECK_THROWS_WITH_AS(decode_image(std::string_view(whole).substr(0, whole.size() / 2), "cut.bin"),
                         doctest::Contains("cut.bin: expected"), FileError);
  }
}

TEST_CASE("flipped bytes of every format give an error or a picture and never a crash") {
  for (const auto& [name, tail] : kOfEveryFormat) {
    const std::string whole = read_file(format_file(name));
    for (std::size_t i = 0; i < whole.size(); i += i < 400 ? 1 : 11) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(~damaged[i]);
      try {
        const RgbImage image = decode_image(damaged, name, {.max_pixels = 1'000'000});
        CHECK(static_cast<std::int64_t>(image.pixels.size()) == 3 * image.height * image.width);
      } catch (const FileError&) {
      }
    }
  }
}

TEST_CASE("a picture of every format of more pixels than allowed is refused before its pixels are read") {
  for (const auto& [name, tail] : kOfEveryFormat) {
    CAPTURE(name);
    CHECK_THROWS_WITH_AS(read_image(format_file(name), {.max_pixels = 29 * 43 - 1}),
                         doctest::Contains("claims 43 x 29"), FileError);
    CHECK_NOTHROW(read_image(format_file(name), {.max_pixels = 29 * 43}));
  }
}
