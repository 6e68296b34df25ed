#include "tandem/images/tiff_codec.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::string tiff_bytes_of(const std::string& name) {
  return read_file(tests::reference_dir() / "images" / "formats" / name);
}

std::string tiff_number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
  return text;
}

using Tags = std::map<int, std::uint32_t>;

/// A grey TIFF of 2 x 2 pixels, 0 to 3, with these tags in place of its own, or beside them.
std::string tiff_with(const Tags& others) {
  Tags tags = {{256, 2}, {257, 2}, {258, 8}, {259, 1}, {262, 1}, {273, 8}, {277, 1}, {278, 2}, {279, 4}};
  for (const auto& [tag, value] : others) tags[tag] = value;
  std::string directory = tiff_number(tags.size(), 2);
  for (const auto& [tag, value] : tags)
    directory += tiff_number(tag, 2) + tiff_number(4, 2) + tiff_number(1, 4) + tiff_number(value, 4);
  return std::string("II*\0", 4) + tiff_number(12, 4) + std::string("\0\1\2\3", 4) + directory + tiff_number(0, 4);
}

std::string refusal_of_tiff(const std::string& bytes, std::int64_t max_pixels = 100'000'000) {
  try {
    decode_tiff(bytes, "a.tif", max_pixels);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a small TIFF gives its pixels") {
  const RgbImage image = decode_tiff(tiff_with({}), "a.tif", 4);
  CHECK(image.pixels == std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3});
}

TEST_CASE("a TIFF of a kind that is not read is refused by what it is") {
  CHECK(refusal_of_tiff(tiff_bytes_of("refused_float.tif")) ==
        "a.tif: expected a TIFF whose samples are unsigned integers, found floating-point numbers");
  CHECK(refusal_of_tiff(tiff_bytes_of("refused_lzma.tif")) ==
        "a.tif: expected a TIFF compressed by CCITT, LZW, Deflate, PackBits, JPEG, ZSTD, WebP or not at all, found "
        "compression 34925");
  CHECK(refusal_of_tiff(tiff_bytes_of("refused_preview.tif")) ==
        "a.tif: expected a TIFF that begins with its picture, found a preview first, as in cameras' raw files");
  CHECK(refusal_of_tiff(tiff_with({{259, 6}})).ends_with("found old-style JPEG"));
  CHECK(refusal_of_tiff(tiff_with({{262, 32803}})).ends_with("found a camera's raw data"));
  CHECK(refusal_of_tiff(tiff_with({{262, 32844}})).ends_with("found photometric interpretation 32844"));
  CHECK(refusal_of_tiff(tiff_with({{258, 12}})) ==
        "a.tif: expected TIFF samples of 1, 2, 4, 8 or 16 bits, found 12 bits");
  CHECK(refusal_of_tiff(tiff_with({{262, 2}})) == "a.tif: expected a TIFF with 3 colours, found 1 samples per pixel");
  CHECK(refusal_of_tiff(tiff_with({{258, 4}, {262, 3}})).starts_with("a.tif: expected"));
}

TEST_CASE("a TIFF that claims no pixels, too many or huge tiles is refused") {
  CHECK(refusal_of_tiff(tiff_with({{256, 60000}, {257, 60000}})) ==
        "a.tif: expected a picture of 1 to 100000000 pixels, found one that claims 60000 x 60000");
  CHECK(refusal_of_tiff(tiff_with({{256, 0}})).starts_with("a.tif: expected"));
  CHECK(refusal_of_tiff(tiff_with({{257, 0}})).starts_with("a.tif: expected"));
  CHECK(refusal_of_tiff(tiff_with({{256, 0xFFFFFFFF}, {257, 0xFFFFFFFF}})).starts_with("a.tif: expected"));
  CHECK(refusal_of_tiff(tiff_with({{257, 4000}, {278, 4000}})).starts_with("a.tif: expected an undamaged TIFF"));
  const Tags tile = {{322, 60000}, {323, 60000}, {324, 8}, {325, 4}};
  CHECK(refusal_of_tiff(tiff_with(tile)) ==
        "a.tif: expected a TIFF with tiles of at most 256 MiB, found tiles of 60000 x 60000");
}

TEST_CASE("directories that lead back to the first do no harm") {
  std::string circle = tiff_with({});
  circle.replace(circle.size() - 4, 4, tiff_number(12, 4));
  CHECK(decode_tiff(circle, "a.tif", 4).height == 2);
  std::string nowhere = tiff_with({});
  nowhere.replace(4, 4, tiff_number(0, 4));
  CHECK(refusal_of_tiff(nowhere).starts_with("a.tif: expected an undamaged TIFF"));
  nowhere.replace(4, 4, tiff_number(0xFFFFFFF0, 4));
  CHECK(refusal_of_tiff(nowhere).starts_with("a.tif: expected an undamaged TIFF"));
}

TEST_CASE("a TIFF with LZW data that is cut inside is refused") {
  std::string bytes = tiff_bytes_of("lzw.tif");
  const std::size_t begin = bytes.size() / 2;
  bytes.replace(begin, 40, std::string(40, '\xFF'));
  CHECK(refusal_of_tiff(bytes).starts_with("a.tif: expected an undamaged TIFF"));
}
