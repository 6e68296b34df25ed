#include "tandem/images/image_file.h"

#include <doctest/doctest.h>

#include <string>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

std::filesystem::path file(const std::string& name) { return tests::reference_dir() / "images" / name; }

const char* const kOnePerFormat[] = {"baseline.jpg",   "progressive.jpg", "cmyk.jpg",   "rgb.png",   "rgba.png",
                                     "interlaced.png", "lossless.webp",   "lossy.webp", "alpha.webp"};

}  // namespace

TEST_CASE("every kind of picture decodes to the pixels Pillow reads") {
  const Json files = read_json(file("files.json"));
  CHECK(files.size() == 29);
  for (const auto& [name, expected] : files.items()) {
    CAPTURE(name);
    const RgbImage image = read_image(file(name));
    CHECK(image.height == expected["size"][0]);
    CHECK(image.width == expected["size"][1]);
    CHECK(tests::adler32(image) == expected["adler32"].get<std::uint32_t>());
  }
}

TEST_CASE("a picture is known by its bytes and not by its name") {
  const ScratchFolder folder;
  write_file(folder / "photo.jpg", read_file(file("rgb.png")));
  CHECK(read_image(folder / "photo.jpg").pixels == tests::formula_picture(29, 43).pixels);
}

TEST_CASE("a picture cut by half or by a few bytes is refused by name in every format") {
  for (const char* name : kOnePerFormat) {
    const std::string whole = read_file(file(name));
    for (const std::size_t size : {whole.size() / 2, whole.size() - 100, whole.size() - 10, whole.size() - 2}) {
      CAPTURE(name);
      CAPTURE(size);
      CHECK_THROWS_WITH_AS(decode_image(whole.substr(0, size), "cut.bin"),
                           doctest::Contains("cut.bin: expected an undamaged"), FileError);
    }
  }
}

TEST_CASE("a picture cut anywhere gives an error and never a crash") {
  for (const char* name : kOnePerFormat) {
    const std::string whole = read_file(file(name));
    for (std::size_t size = 0; size + 1 < whole.size(); size += 7) {
      CHECK_THROWS_AS(decode_image(std::string_view(whole).substr(0, size), name), FileError);
    }
  }
}

TEST_CASE("flipped bytes give an error or a picture and never a crash") {
  for (const char* name : kOnePerFormat) {
    const std::string whole = read_file(file(name));
    for (std::size_t i = 0; i < whole.size(); i += 5) {
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

TEST_CASE("what is no picture is refused with what was found") {
  const auto refuses = [](const std::string& bytes, const char* found) {
    CHECK_THROWS_WITH_AS(decode_image(bytes, "a.jpg"), found, FileError);
  };
  refuses("", "a.jpg: expected a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF or SVG), found an empty file");
  refuses("<!DOCTYPE html>\n<html><body>404 <svg/></body></html>",
          "a.jpg: expected a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF or SVG), "
          "found bytes that begin \"<!DOCTYPE html>\\x0a\"");
  refuses("8BPS and layers",
          "a.jpg: expected a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF or SVG), found a Photoshop document");
  refuses("\x01\x02",
          "a.jpg: expected a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF or SVG), "
          "found bytes that begin \"\\x01\\x02\"");
}

TEST_CASE("a missing picture and a folder in its place are refused") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(read_image(folder / "none.jpg"), doctest::Contains("No such file"), FileError);
  CHECK_THROWS_WITH_AS(read_image(folder.path()), doctest::Contains("found a folder"), FileError);
  write_file(folder / "big.jpg", std::string(2000, 'x'));
  CHECK_THROWS_WITH_AS(read_image(folder / "big.jpg", {.max_file_bytes = 1000}),
                       doctest::Contains("at most 1000 bytes"), FileError);
}

TEST_CASE("a picture of more pixels than allowed is refused before its pixels are read") {
  CHECK_THROWS_WITH_AS(read_image(file("claims_60000.png")), doctest::Contains("one that claims 60000 x 60000"),
                       FileError);
  std::string jpeg = read_file(file("baseline.jpg"));
  const std::size_t frame = jpeg.find("\xFF\xC0");
  jpeg.replace(frame + 5, 4, "\xEA\x60\xEA\x60");
  CHECK_THROWS_WITH_AS(decode_image(jpeg, "a.jpg"),
                       "a.jpg: expected a picture of 1 to 100000000 pixels, found one that claims 60000 x 60000",
                       FileError);
  for (const char* name : kOnePerFormat) {
    CHECK_THROWS_WITH_AS(read_image(file(name), {.max_pixels = 29 * 43 - 1}), doctest::Contains("claims 43 x 29"),
                         FileError);
    CHECK_NOTHROW(read_image(file(name), {.max_pixels = 29 * 43}));
  }
}
