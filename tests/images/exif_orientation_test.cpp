#include "tandem/images/exif_orientation.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <string>

using namespace tandem;

namespace {

/// Two rows of three pixels, told apart by their red: 0 1 2 / 3 4 5.
RgbImage numbered() {
  RgbImage image{2, 3, {}};
  for (std::uint8_t i = 0; i < 6; ++i) image.pixels.insert(image.pixels.end(), {i, 100, 200});
  return image;
}

std::string reds(const RgbImage& image) {
  std::string text;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    if (i > 0 && i / 3 % image.width == 0) text += '/';
    text += static_cast<char>('0' + image.pixels[i]);
  }
  return text;
}

/// A TIFF block with one entry: the orientation.
std::string tiff(bool big_endian, char orientation) {
  using namespace std::string_literals;
  if (big_endian) return "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + orientation + "\0\0\0\0\0\0"s;
  return "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + orientation + "\0\0\0\0\0\0\0"s;
}

}  // namespace

TEST_CASE("upright turns a picture in each of the eight ways") {
  CHECK(reds(upright(numbered(), 1)) == "012/345");
  CHECK(reds(upright(numbered(), 2)) == "210/543");
  CHECK(reds(upright(numbered(), 3)) == "543/210");
  CHECK(reds(upright(numbered(), 4)) == "345/012");
  CHECK(reds(upright(numbered(), 5)) == "03/14/25");
  CHECK(reds(upright(numbered(), 6)) == "30/41/52");
  CHECK(reds(upright(numbered(), 7)) == "52/41/30");
  CHECK(reds(upright(numbered(), 8)) == "25/14/03");
  CHECK_THROWS_AS(upright(numbered(), 9), c10::ValueError);
}

TEST_CASE("orientations five and seven are their own inverse and six undoes eight") {
  for (const auto& [first, second] : {std::pair{5, 5}, {7, 7}, {6, 8}, {8, 6}, {2, 2}, {3, 3}, {4, 4}}) {
    CHECK(upright(upright(numbered(), first), second).pixels == numbered().pixels);
  }
}

TEST_CASE("the orientation is read in both byte orders") {
  for (char orientation = 1; orientation <= 8; ++orientation) {
    CHECK(exif_orientation(tiff(false, orientation)) == orientation);
    CHECK(exif_orientation(tiff(true, orientation)) == orientation);
  }
}

TEST_CASE("a damaged block of metadata means upright") {
  CHECK(exif_orientation("") == 1);
  CHECK(exif_orientation("nonsense that is long enough") == 1);
  CHECK(exif_orientation(tiff(false, 0)) == 1);
  CHECK(exif_orientation(tiff(false, 9)) == 1);
  const std::string whole = tiff(true, 6);
  for (std::size_t size = 0; size < whole.size() - 6; ++size) CHECK(exif_orientation(whole.substr(0, size)) == 1);
  std::string far = tiff(false, 6);
  far[4] = far[5] = far[6] = far[7] = '\xFF';  // A directory 4 GB away.
  CHECK(exif_orientation(far) == 1);
}
