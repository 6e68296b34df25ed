#include "tandem/images/picture_source.h"

#include <doctest/doctest.h>

#include <string>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

std::string png_bytes() { return read_file(tests::reference_dir() / "images" / "rgb.png"); }

}  // namespace

TEST_CASE("a picture inside a larger file is the picture that was put there") {
  const ScratchFolder folder;
  const std::string png = png_bytes();
  write_file(folder / "two.bin", "leading" + png + "trailing");
  const PictureSource part{.file = folder / "two.bin", .offset = 7, .bytes = static_cast<std::int64_t>(png.size())};
  CHECK(read_source_bytes(part) == png);
  CHECK(read_picture(part).pixels == tests::formula_picture(29, 43).pixels);
  CHECK(source_name(part) == (folder / "two.bin").string() + "@7+" + std::to_string(png.size()));
  write_file(folder / "one.png", png);
  CHECK(read_picture({.file = folder / "one.png"}).pixels == tests::formula_picture(29, 43).pixels);
  CHECK(source_name({.file = "a.png"}) == "a.png");
}

TEST_CASE("a stretch that is not in the file is refused") {
  const ScratchFolder folder;
  write_file(folder / "ten.bin", "0123456789");
  const auto bytes = [&](std::int64_t offset, std::int64_t count) {
    return read_source_bytes({.file = folder / "ten.bin", .offset = offset, .bytes = count});
  };
  CHECK(bytes(4, 6) == "456789");
  CHECK(bytes(4, PictureSource::kToTheEnd) == "456789");
  CHECK_THROWS_WITH_AS(bytes(4, 7),
                       doctest::Contains("ten.bin@4+7: expected a stretch inside the file, found a file of 10 bytes"),
                       FileError);
  CHECK_THROWS_AS(bytes(11, PictureSource::kToTheEnd), FileError);
  CHECK_THROWS_AS(bytes(-1, 3), FileError);
  CHECK_THROWS_AS(bytes(1, std::int64_t{1} << 62), FileError);
  CHECK_THROWS_WITH_AS(read_source_bytes({.file = folder / "ten.bin", .offset = 1, .bytes = 9}, 8),
                       doctest::Contains("a picture of at most 8 bytes"), FileError);
  CHECK_THROWS_AS(read_source_bytes({.file = folder / "none.bin", .offset = 1, .bytes = 9}), FileError);
}

TEST_CASE("planes of 32 x 32 become pixels") {
  const ScratchFolder folder;
  std::string record(1 + 3072, '\x7');
  for (int i = 0; i < 1024; ++i) {
    record[1 + i] = static_cast<char>(i % 251);
    record[1 + 1024 + i] = static_cast<char>(i % 241);
    record[1 + 2048 + i] = static_cast<char>(i % 239);
  }
  write_file(folder / "batch.bin", record);
  PictureSource source{.file = folder / "batch.bin", .offset = 1, .bytes = 3072, .coding = PictureCoding::kPlanes32};
  const RgbImage image = read_picture(source);
  CHECK(image.height == 32);
  CHECK(image.width == 32);
  for (int i = 0; i < 1024; ++i) {
    REQUIRE(image.pixels[3 * i] == i % 251);
    REQUIRE(image.pixels[3 * i + 1] == i % 241);
    REQUIRE(image.pixels[3 * i + 2] == i % 239);
  }
  source.bytes = 3071;
  CHECK_THROWS_WITH_AS(read_picture(source), doctest::Contains("expected 3072 bytes of a 32 x 32 picture, found 3071"),
                       FileError);
}
