#include "tandem/images/jpeg_codec.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

// After <cstdio>: libjpeg's header uses FILE without declaring it.
#include <jpeglib.h>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"

using namespace tandem;
using tandem::tests::formula_picture;

namespace {

constexpr std::int64_t kMaxPixels = 1'000'000;

/// A photograph-like picture: smooth, so that JPEG keeps it closely.
RgbImage smooth(std::int64_t side) {
  RgbImage image{side, side, {}};
  for (std::int64_t i = 0; i < side * side; ++i) {
    const std::int64_t x = i % side;
    const std::int64_t y = i / side;
    image.pixels.insert(image.pixels.end(),
                        {static_cast<std::uint8_t>(255 * x / side), static_cast<std::uint8_t>(255 * y / side),
                         static_cast<std::uint8_t>(128 + 60 * (x - y) / side)});
  }
  return image;
}

/// A grey progressive JPEG whose one AC scan is there `times` times.
std::string with_scans(int times) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = info.image_height = 16;
  info.input_components = 1;
  info.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  const jpeg_scan_info scans[] = {{1, {0, 0, 0, 0}, 0, 0, 0, 0}, {1, {0, 0, 0, 0}, 1, 63, 0, 0}};
  info.scan_info = scans;
  info.num_scans = 2;
  jpeg_start_compress(&info, TRUE);
  std::vector<std::uint8_t> row(16, 90);
  for (int y = 0; y < 16; ++y) {
    JSAMPROW pointer = row.data();
    row[y] = 200;
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  const std::string jpeg(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&info);
  std::free(bytes);

  const std::size_t last_scan = jpeg.rfind("\xFF\xDA");
  const std::string scan = jpeg.substr(last_scan, jpeg.size() - 2 - last_scan);
  std::string repeated = jpeg.substr(0, last_scan);
  for (int i = 0; i < times; ++i) repeated += scan;
  return repeated + "\xFF\xD9";
}

}  // namespace

TEST_CASE("what encode_jpeg writes decode_jpeg reads and few grey levels are lost") {
  const RgbImage picture = smooth(50);
  const RgbImage read = decode_jpeg(encode_jpeg(picture, 95), "a.jpg", kMaxPixels);
  REQUIRE(read.pixels.size() == picture.pixels.size());
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    REQUIRE(std::abs(read.pixels[i] - picture.pixels[i]) <= 12);  // Quality 95 with halved colour resolution.
  }
}

TEST_CASE("a lower quality makes a smaller file") {
  CHECK(encode_jpeg(formula_picture(64, 64), 30).size() < encode_jpeg(formula_picture(64, 64), 90).size());
}

TEST_CASE("encode_jpeg refuses an empty picture and a quality out of range") {
  CHECK_THROWS_AS(encode_jpeg(RgbImage{}, 80), c10::ValueError);
  CHECK_THROWS_AS(encode_jpeg(RgbImage{2, 2, {1}}, 80), c10::ValueError);
  CHECK_THROWS_WITH_AS(encode_jpeg(formula_picture(4, 4), 101), doctest::Contains("got 101"), c10::ValueError);
}

TEST_CASE("a stretch of flipped bits in the middle of a JPEG is reported and not passed over") {
  const std::string whole = encode_jpeg(formula_picture(200, 300), 85);
  for (std::size_t step = 0; step < 20; ++step) {
    std::string damaged = whole;
    for (std::size_t i = 0; i < 512; ++i) damaged[whole.size() / 3 + 197 * step + i] ^= static_cast<char>(0xA5);
    // A JPEG has no checksum: a single flipped bit may leave codes behind that are as good as the
    // true ones.
    CHECK_THROWS_AS(decode_jpeg(damaged, "a.jpg", kMaxPixels), FileError);
  }
}

TEST_CASE("a JPEG of more than 500 scans is refused") {
  CHECK(decode_jpeg(with_scans(400), "a.jpg", kMaxPixels).width == 16);
  CHECK_THROWS_WITH_AS(decode_jpeg(with_scans(600), "a.jpg", kMaxPixels),
                       "a.jpg: expected an undamaged JPEG, found more than 500 scans", FileError);
}

TEST_CASE("libjpeg says what is wrong with a damaged file") {
  const std::string whole = encode_jpeg(formula_picture(64, 64), 85);
  CHECK_THROWS_WITH_AS(decode_jpeg(whole.substr(0, whole.size() / 2), "a.jpg", kMaxPixels),
                       "a.jpg: expected an undamaged JPEG, found Premature end of JPEG file", FileError);
  CHECK_THROWS_AS(decode_jpeg(whole.substr(0, 10), "a.jpg", kMaxPixels), FileError);
}
