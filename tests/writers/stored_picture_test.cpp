#include "tandem/writers/stored_picture.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <array>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/png_codec.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

RgbImage stripes(std::int64_t height, std::int64_t width) {
  RgbImage image{.height = height, .width = width, .pixels = std::vector<std::uint8_t>(3 * height * width)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * 7 % 251);
  return image;
}

}  // namespace

TEST_CASE("pictures are stored as they are unless they are no file or too large") {
  const ScratchFolder folder;
  const std::string jpeg = encode_jpeg(stripes(40, 60), 90);
  const std::string png = encode_png(stripes(40, 60));
  write_file(folder / "a", jpeg);
  write_file(folder / "b", png);
  write_file(
      folder / "c.svg",
      "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><rect width='10' height='10' fill='red'/></svg>");
  write_file(folder / "planes", std::string(3072, '\x09'));
  CHECK(stored_picture({.file = folder / "a"}).bytes == jpeg);
  CHECK(stored_picture({.file = folder / "b"}).bytes == png);
  CHECK(stored_picture({.file = folder / "b"}).ending == "png");
  CHECK(stored_picture({.file = folder / "a"}, 40).bytes == jpeg);
  const StoredPicture planes = stored_picture({.file = folder / "planes", .coding = PictureCoding::kPlanes32});
  CHECK(planes.ending == "png");
  CHECK(decode_image(planes.bytes, "planes").pixels == std::vector<std::uint8_t>(3072, 9));
  CHECK(decode_image(stored_picture({.file = folder / "c.svg"}).bytes, "c").pixels ==
        read_image(folder / "c.svg").pixels);
  const StoredPicture small = stored_picture({.file = folder / "a"}, 20);
  CHECK(small.ending == "jpg");
  CHECK(decode_image(small.bytes, "small").height == 20);
  CHECK(decode_image(small.bytes, "small").width == 30);
  CHECK(stored_picture({.file = folder / "b"}, 20).ending == "png");
}

TEST_CASE("pictures of every format keep their bytes, and those that are reduced become JPEG or PNG") {
  const auto format_file = [](const std::string& name) { return reference_dir() / "images" / "formats" / name; };
  for (const auto& [name, ending, reduced] : {std::array{"plain.heic", "heic", "jpg"},
                                              {"plain.avif", "avif", "jpg"},
                                              {"lzw.tif", "tif", "png"},
                                              {"plain.gif", "gif", "png"},
                                              {"bits_24.bmp", "bmp", "png"}}) {
    CAPTURE(name);
    const StoredPicture stored = stored_picture({.file = format_file(name)});
    CHECK(stored.ending == ending);
    CHECK(stored.bytes == read_file(format_file(name)));
    const StoredPicture small = stored_picture({.file = format_file(name)}, 10);
    CHECK(small.ending == reduced);
    CHECK(decode_image(small.bytes, name).height == 10);
  }
}

TEST_CASE("a PNG that is written gives its pixels back") {
  for (const auto& [height, width] : {std::pair{1, 1}, std::pair{3, 7}, std::pair{64, 33}}) {
    const RgbImage image = stripes(height, width);
    const RgbImage back = decode_png(encode_png(image), "x", 100000);
    CHECK(back.height == height);
    CHECK(back.pixels == image.pixels);
  }
  CHECK_THROWS_AS(encode_png({}), c10::ValueError);
}

TEST_CASE("what is no picture is refused") {
  const ScratchFolder folder;
  write_file(folder / "text", "hello");
  CHECK_THROWS_WITH_AS(stored_picture({.file = folder / "text"}), doctest::Contains("expected a picture"), FileError);
  CHECK_THROWS_AS(stored_picture({.file = folder / "gone"}), FileError);
}
