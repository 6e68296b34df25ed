#include "tandem/images/picture_format.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("names of pictures are known in upper and lower case") {
  for (const char* name : {"a.JPG", "b.jpeg", "c.Heic", "d.AVIF", "e.tif", "f.TIFF", "g.bmp", "h.gif", "i.jfif"})
    CHECK(has_picture_ending(name));
  for (const char* name : {"a.txt", "jpg", "a.jpg.txt", ".png", "a.jxl", "a"}) CHECK(!has_picture_ending(name));
}

TEST_CASE("names of pictures in other formats are told from other files") {
  for (const char* name : {"a.jxl", "b.PSD", "c.nef", "d.mp4"}) CHECK(has_foreign_picture_ending(name));
  for (const char* name : {"a.txt", "a.jpg", "a"}) CHECK(!has_foreign_picture_ending(name));
}

TEST_CASE("the format is that of the first bytes") {
  CHECK(picture_ending("GIF89a...") == "gif");
  CHECK(picture_ending("GIF90a...").empty());
  CHECK(picture_ending("BM") == "bmp");
  CHECK(picture_ending({"II*\0", 4}) == "tif");
  CHECK(picture_ending({"MM\0+", 4}) == "tif");
  CHECK(picture_ending({"MM*\0", 4}).empty());
}
