#include "tandem/reports/thumbnails.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("pictures of a page are large enough to be enlarged while they are few, and small when they are many") {
  CHECK(page_thumbnail_side(0) == 448);
  CHECK(page_thumbnail_side(160) == 448);
  CHECK(page_thumbnail_side(640) == 224);
  CHECK(page_thumbnail_side(100000) == 112);
  std::int64_t before = page_thumbnail_side(1);
  for (std::int64_t pictures = 2; pictures < 5000; pictures += 7) {
    const std::int64_t side = page_thumbnail_side(pictures);
    CHECK(side <= before);
    CHECK(side % 8 == 0);
    before = side;
  }
}
