#include "tandem/images/embedded_pictures.h"

#include <doctest/doctest.h>

#include <string>

#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string image(const std::string& type, const std::string& text) {
  return "<image xlink:href=\"data:image/" + type + ";base64," + text + "\"/>";
}

std::string reference(const std::string& name) { return read_file(tests::reference_dir() / "images" / name); }

}  // namespace

TEST_CASE("the headers of pictures inside a drawing tell their pixels together") {
  CHECK(embedded_pixels("<svg><rect/></svg>") == 0);
  std::string all;
  std::int64_t pixels = 0;
  for (const char* name : {"baseline.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "interlaced.png", "lossless.webp",
                           "lossy.webp", "alpha.webp"}) {
    CAPTURE(name);
    const std::string one = image("any", base64(reference(name)));
    CHECK(embedded_pixels(one) == 29 * 43);
    all += one;
    pixels += 29 * 43;
  }
  CHECK(embedded_pixels(all) == pixels);
  CHECK(embedded_pixels(image("gif", base64(std::string("GIF89a\x10\x27\x20\x4E", 10)))) == 10'000 * 20'000);
}

TEST_CASE("line ends in base64 hide no picture") {
  std::string text = base64(reference("rgb.png"));
  for (const char* end : {"\n", "\r\n    ", "&#10;", "&#xA;", "%0A"}) {
    CAPTURE(end);
    std::string broken = text;
    for (std::size_t at = 8; at < 80; at += 13) broken.insert(at, end);
    CHECK(embedded_pixels(image("png", broken)) == 29 * 43);
  }
}

TEST_CASE("what is no picture in base64 claims nothing") {
  for (const char* text :
       {"data:", "data:,", "data:image/png;base64,", "data:image/png,\x89PNG",
        "data:image/svg+xml;base64,PHN2Zz4=", "metadata: a, b", "data:;base64,/9j/", "data:;base64,%%%&#&#"}) {
    CAPTURE(text);
    CHECK(embedded_pixels(text) == 0);
  }
  CHECK(embedded_pixels("data: " + std::string(1000, 'x') + "," + image("png", base64(reference("rgb.png")))) ==
        29 * 43);
}
