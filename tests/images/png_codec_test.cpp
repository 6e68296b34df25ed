#include "tandem/images/png_codec.h"

#include <doctest/doctest.h>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::string bytes_of(const char* name) { return read_file(tests::reference_dir() / "images" / name); }

double mean(const RgbImage& image) {
  double sum = 0;
  for (const std::uint8_t byte : image.pixels) sum += byte;
  return sum / static_cast<double>(image.pixels.size());
}

}  // namespace

TEST_CASE("16-bit samples are scaled and not clipped") {
  // The picture is a ramp from 0 to 64806 of 65535, whose mean is 32403: 126.08 of 255.
  CHECK(mean(decode_png(bytes_of("deep_grey.png"), "a.png", 10000)) == doctest::Approx(126.08).epsilon(0.001));
}

TEST_CASE("a fully transparent pixel is white and a fully opaque one keeps its colour") {
  CHECK(over_white(0, 0) == 255);
  CHECK(over_white(77, 0) == 255);
  CHECK(over_white(77, 255) == 77);
  CHECK(over_white(0, 128) == 127);
}

TEST_CASE("a flipped bit anywhere in the chunks of a PNG is refused") {
  const std::string whole = bytes_of("rgb.png");
  const std::size_t signature = 8;
  for (std::size_t i = signature; i < whole.size(); i += 3) {
    std::string damaged = whole;
    damaged[i] ^= 0x10;
    CHECK_THROWS_AS(decode_png(damaged, "a.png", 10000), FileError);
  }
}

TEST_CASE("a checksum that does not fit is named") {
  std::string damaged = bytes_of("rgb.png");
  damaged[damaged.size() / 2] ^= 1;
  CHECK_THROWS_WITH_AS(decode_png(damaged, "a.png", 10000),
                       doctest::Contains("a.png: expected an undamaged PNG, found IDAT"), FileError);
  CHECK_THROWS_WITH_AS(decode_png(bytes_of("rgb.png").substr(0, 200), "a.png", 10000),
                       "a.png: expected an undamaged PNG, found the file ends too early", FileError);
}
