#include "tandem/images/bmp_codec.h"

#include <doctest/doctest.h>

#include <string>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

std::string bmp_number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
  return text;
}

struct BmpHeader {
  std::uint32_t width = 2, height = 2;
  int bits = 8;
  std::uint32_t compression = 0;
  std::uint32_t colours = 2;
};

/// A BMP with a header of 40 bytes, a palette of black and white where there is one, and `data`.
std::string bmp_of(const BmpHeader& header, const std::string& data) {
  const std::string palette = header.bits <= 8 ? std::string("\0\0\0\0\xFF\xFF\xFF\0", 8) : "";
  return "BM" + bmp_number(0, 8) + bmp_number(54 + palette.size(), 4) + bmp_number(40, 4) +
         bmp_number(header.width, 4) + bmp_number(header.height, 4) + bmp_number(1, 2) + bmp_number(header.bits, 2) +
         bmp_number(header.compression, 4) + bmp_number(0, 12) + bmp_number(header.colours, 4) + bmp_number(0, 4) +
         palette + data;
}

std::string refusal_of_bmp(const std::string& bytes, std::int64_t max_pixels = 100'000'000) {
  try {
    decode_bmp(bytes, "a.bmp", max_pixels);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

using Pixels = std::vector<std::uint8_t>;

}  // namespace

TEST_CASE("rows of a BMP begin at the bottom and are filled up to four bytes") {
  const std::string data("\1\0xx\0\1xx", 8);
  CHECK(decode_bmp(bmp_of({}, data), "a.bmp", 4).pixels == Pixels{0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0});
  CHECK(decode_bmp(bmp_of({.height = 0xFFFFFFFE}, data), "a.bmp", 4).pixels ==
        Pixels{255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255});
  // Some programs do not fill the last row.
  CHECK(decode_bmp(bmp_of({}, data.substr(0, 6)), "a.bmp", 4).height == 2);
  CHECK(refusal_of_bmp(bmp_of({}, data.substr(0, 5))) ==
        "a.bmp: expected an undamaged BMP, found data that ends too early");
}

TEST_CASE("a BMP that claims no pixels or too many is refused") {
  CHECK(refusal_of_bmp(bmp_of({.width = 0}, "")).ends_with("found one that claims 0 x 2"));
  CHECK(refusal_of_bmp(bmp_of({.height = 0}, "")).ends_with("found one that claims 2 x 0"));
  CHECK(refusal_of_bmp(bmp_of({.width = 0xFFFFFFFF}, "")).ends_with("found one that claims -1 x 2"));
  CHECK(refusal_of_bmp(bmp_of({.height = 0x80000000}, "")).ends_with("found one that claims 2 x 2147483648"));
  CHECK(refusal_of_bmp(bmp_of({.width = 60000, .height = 60000}, "")) ==
        "a.bmp: expected a picture of 1 to 100000000 pixels, found one that claims 60000 x 60000");
  CHECK(refusal_of_bmp(bmp_of({.width = 60000, .height = 1000, .bits = 24}, "few")).ends_with("ends too early"));
}

TEST_CASE("a BMP of another kind is refused by what it is") {
  CHECK(refusal_of_bmp(bmp_of({.bits = 7}, "")) == "a.bmp: expected an undamaged BMP, found 7 bits per pixel");
  CHECK(refusal_of_bmp(bmp_of({.bits = 24, .compression = 1}, "")) ==
        "a.bmp: expected an undamaged BMP, found compression 1 of 24 bits per pixel");
  CHECK(refusal_of_bmp(bmp_of({.bits = 0, .compression = 5}, "")) ==
        "a.bmp: expected a BMP that is not compressed, or by RLE, found a PNG inside it");
  CHECK(refusal_of_bmp("BM not a photograph").starts_with("a.bmp: expected an undamaged BMP, found"));
  CHECK(refusal_of_bmp(bmp_of({}, std::string("\2\0xx\0\1xx", 8))) ==
        "a.bmp: expected an undamaged BMP, found a colour that is not in the palette");
  std::string gaps = bmp_of({.bits = 32, .compression = 3}, bmp_number(0xF0F0, 4) + std::string(40, 'x'));
  CHECK(refusal_of_bmp(gaps) == "a.bmp: expected an undamaged BMP, found a mask with gaps");
}

TEST_CASE("runs of a BMP stay inside it and must end") {
  const BmpHeader runs{.compression = 1};
  CHECK(decode_bmp(bmp_of(runs, std::string("\2\1\0\0\2\0\0\1", 8)), "a.bmp", 4).pixels ==
        Pixels{0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255});
  CHECK(decode_bmp(bmp_of(runs, std::string("\xFF\1\0\1", 4)), "a.bmp", 4).pixels ==
        Pixels{0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255});
  CHECK(refusal_of_bmp(bmp_of(runs, std::string("\2\1\0\0\2\0", 6))).ends_with("data that ends too early"));
  CHECK(refusal_of_bmp(bmp_of(runs, std::string("\0\2\0\2\1\1\0\1", 8))).ends_with("more rows than the header says"));
  CHECK(refusal_of_bmp(bmp_of(runs, std::string("\0\5\1\1", 4))).ends_with("data that ends too early"));
}
