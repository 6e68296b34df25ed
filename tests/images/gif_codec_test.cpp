#include "tandem/images/gif_codec.h"

#include <doctest/doctest.h>

#include <string>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

constexpr int kGlobalPalette = 0x80;  // of two colours

std::string gif_short(int value) { return {static_cast<char>(value), static_cast<char>(value >> 8)}; }

std::string gif_screen(int width, int height, int flags) {
  const std::string palette = flags == kGlobalPalette ? std::string("\1\2\3\4\5\6", 6) : "";
  return "GIF89a" + gif_short(width) + gif_short(height) + static_cast<char>(flags) + std::string(2, '\0') + palette;
}

/// A frame of 2 x 1 pixels of the colours 0 and 1, with other sizes in its header.
std::string gif_frame(int left, int top, int width, int height) {
  // Codes of three bits: clear (4), 0, 1, end (5).
  const std::string data("\2\2\x44\x0A\0", 5);
  return "," + gif_short(left) + gif_short(top) + gif_short(width) + gif_short(height) + '\0' + data;
}

std::string refusal_of_gif(const std::string& bytes) {
  try {
    decode_gif(bytes, "a.gif", 100'000'000);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

using Pixels = std::vector<std::uint8_t>;

}  // namespace

TEST_CASE("the first frame of a GIF lies on its canvas, which is white and grows if it must") {
  CHECK(decode_gif(gif_screen(2, 1, kGlobalPalette) + gif_frame(0, 0, 2, 1) + ";", "a.gif", 2).pixels ==
        Pixels{1, 2, 3, 4, 5, 6});
  const RgbImage grown = decode_gif(gif_screen(1, 1, kGlobalPalette) + gif_frame(1, 1, 2, 1) + ";", "a.gif", 6);
  CHECK(grown.height == 2);
  CHECK(grown.width == 3);
  CHECK(grown.pixels == Pixels{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4, 5, 6});
  // A canvas of no size, as some programs write it.
  CHECK(decode_gif(gif_screen(0, 0, kGlobalPalette) + gif_frame(0, 0, 2, 1), "a.gif", 2).width == 2);
}

TEST_CASE("a GIF without a frame, a palette or pixels is refused by what it lacks") {
  CHECK(refusal_of_gif(gif_screen(2, 1, kGlobalPalette) + ";") ==
        "a.gif: expected a GIF with a picture in it, found none");
  CHECK(refusal_of_gif(gif_screen(2, 1, 0) + gif_frame(0, 0, 2, 1)) ==
        "a.gif: expected a GIF with a palette, found none");
  CHECK(refusal_of_gif(gif_screen(2, 1, kGlobalPalette) + gif_frame(0, 0, 0, 1)) ==
        "a.gif: expected a GIF whose first frame has pixels, found a frame of 0 x 1");
  CHECK(refusal_of_gif("GIF89a") == "a.gif: expected an undamaged GIF, found data that ends too early");
}

TEST_CASE("a GIF that claims too many pixels is refused by its canvas and by its frame") {
  CHECK(refusal_of_gif(gif_screen(60000, 60000, kGlobalPalette) + gif_frame(0, 0, 2, 1)) ==
        "a.gif: expected a picture of 1 to 100000000 pixels, found one that claims 60000 x 60000");
  CHECK(refusal_of_gif(gif_screen(2, 1, kGlobalPalette) + gif_frame(60000, 60000, 60000, 60000))
            .ends_with("one that claims 120000 x 120000"));
  CHECK(refusal_of_gif(gif_screen(2, 1, kGlobalPalette) + gif_frame(0, 0, 9000, 9000))
            .ends_with("found data that ends too early"));
}
