#include "tandem/images/heif_codec.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/images/picture_format.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::string heif_bytes_of(const std::string& name) {
  return read_file(tests::reference_dir() / "images" / "formats" / name);
}

std::string heif_number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> 8 * i);
  return text;
}

std::string box(const std::string& name, const std::string& content) {
  return heif_number(content.size() + 8, 4) + name + content;
}

std::string full_box(const std::string& name, int version, const std::string& content) {
  return box(name, heif_number(version, 1) + heif_number(0, 3) + content);
}

const std::string kHeicFront = box("ftyp", "heic" + heif_number(0, 4) + "mif1heic");

/// A file of pictures that are only named, none of which has data.
std::string heif_of_items(int count) {
  std::string items;
  for (int i = 1; i <= count; ++i)
    items += full_box("infe", 2, heif_number(i % 65536, 2) + heif_number(0, 2) + "hvc1" + std::string(1, '\0'));
  const std::string handler = full_box("hdlr", 0, heif_number(0, 4) + "pict" + std::string(13, '\0'));
  return kHeicFront + full_box("meta", 0,
                               handler + full_box("pitm", 0, heif_number(1, 2)) +
                                   full_box("iinf", 0, heif_number(count, 2) + items));
}

std::string refusal_of_heif(const std::string& bytes, std::int64_t max_pixels = 100'000'000) {
  try {
    decode_heif(bytes, "a.heic", max_pixels);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("HEIC and AVIF are told apart by their brands, and from films") {
  CHECK(picture_ending(heif_bytes_of("plain.heic")) == "heic");
  CHECK(picture_ending(heif_bytes_of("plain.avif")) == "avif");
  CHECK(picture_ending(heif_bytes_of("film.avif")) == "avif");
  CHECK(picture_ending(box("ftyp", "mif1" + heif_number(0, 4) + "miafavif")) == "avif");
  CHECK(picture_ending(box("ftyp", "isom" + heif_number(0, 4) + "mp42")).empty());
  CHECK(describe_bytes(box("ftyp", "isom" + heif_number(0, 4) + "mp42")) == "a film or sound (MP4)");
}

TEST_CASE("a HEIC or AVIF that claims 60000 x 60000 pixels is refused before it is decoded") {
  std::string avif = heif_bytes_of("plain.avif"), heic = heif_bytes_of("plain.heic");
  const std::size_t size = avif.find("ispe") + 8, crop = heic.find("clap") + 4;
  avif.replace(size, 8, heif_number(60000, 4) + heif_number(60000, 4));
  CHECK(refusal_of_heif(avif) ==
        "a.heic: expected a picture of 1 to 100000000 pixels, found one that claims 60000 x 60000");
  avif.replace(size, 8, heif_number(0, 8));
  CHECK(refusal_of_heif(avif).starts_with("a.heic: expected"));
  // The part that is cut out of a HEIC's coded pixels, as two fractions.
  heic.replace(crop, 16, heif_number(60000, 4) + heif_number(1, 4) + heif_number(60000, 4) + heif_number(1, 4));
  CHECK(refusal_of_heif(heic).starts_with("a.heic: expected"));
}

TEST_CASE("a HEIC without pictures, with empty ones or with many is refused") {
  CHECK(refusal_of_heif(kHeicFront).starts_with("a.heic: expected"));
  CHECK(refusal_of_heif(heif_of_items(0)).starts_with("a.heic: expected"));
  CHECK(refusal_of_heif(heif_of_items(1)).starts_with("a.heic: expected"));
  CHECK(refusal_of_heif(heif_of_items(65535)).starts_with("a.heic: expected"));
}

TEST_CASE("boxes in boxes a thousand deep are refused") {
  std::string boxes;
  for (int depth = 0; depth < 1000; ++depth) boxes = full_box("meta", 0, boxes);
  CHECK(refusal_of_heif(kHeicFront + boxes).starts_with("a.heic: expected"));
}

TEST_CASE("several threads decode HEIC and AVIF at once and a bad one disturbs none") {
  const std::string heic = heif_bytes_of("plain.heic"), avif = heif_bytes_of("plain.avif");
  const RgbImage first = decode_heif(heic, "a.heic", 10000), second = decode_heif(avif, "a.avif", 10000);
  std::vector<int> right(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        refusal_of_heif(heic.substr(0, heic.size() - 50 - i));
        right[t] += decode_heif(heic, "a.heic", 10000).pixels == first.pixels;
        right[t] += decode_heif(avif, "a.avif", 10000).pixels == second.pixels;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == std::vector<int>(4, 20));
}
