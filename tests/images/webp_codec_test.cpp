#include "tandem/images/webp_codec.h"

#include <doctest/doctest.h>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::string webp_bytes_of(const char* name) { return read_file(tests::reference_dir() / "images" / name); }

}  // namespace

TEST_CASE("a lossless WebP gives back every pixel") {
  CHECK(decode_webp(webp_bytes_of("lossless.webp"), "a.webp", 10000).pixels == tests::formula_picture(29, 43).pixels);
}

TEST_CASE("an animated WebP is refused by name") {
  CHECK_THROWS_WITH_AS(decode_webp(webp_bytes_of("animated.webp"), "a.webp", 10000),
                       "a.webp: expected a still WebP, found an animated one", FileError);
}

TEST_CASE("a WebP that ends too early says so") {
  const std::string whole = webp_bytes_of("lossy.webp");
  for (const std::size_t size : {std::size_t{13}, whole.size() / 2, whole.size() - 1}) {
    CHECK_THROWS_WITH_AS(decode_webp(whole.substr(0, size), "a.webp", 10000),
                         "a.webp: expected an undamaged WebP, found data that ends too early", FileError);
  }
}
