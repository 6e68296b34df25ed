#include "tandem/features/picture_subset.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

/// Pictures with two captions each: picture i is row 100 + i of the store, caption j row 1000 + j.
PairedFeatures numbered_pairs(std::int64_t images) {
  PairedFeatures pairs;
  pairs.image = at::arange(3 * images, at::kFloat).reshape({images, 3});
  pairs.text = at::arange(4 * images, at::kFloat).reshape({2 * images, 2});
  pairs.image_of_text = at::arange(2 * images, at::kLong).div(2, "floor");
  for (std::int64_t i = 0; i < images; ++i) pairs.image_in_store.push_back(100 + i);
  for (std::int64_t j = 0; j < 2 * images; ++j) pairs.text_in_store.push_back(1000 + j);
  return pairs;
}

}  // namespace

TEST_CASE("a part of the pairs holds the chosen pictures with all their captions") {
  const PairedFeatures pairs = numbered_pairs(6);
  const PairedFeatures part = pictures_of(pairs, {1, 4});
  CHECK((part.image_in_store == std::vector<std::int64_t>{101, 104}));
  CHECK((part.text_in_store == std::vector<std::int64_t>{1002, 1003, 1008, 1009}));
  CHECK(at::equal(part.image[1], pairs.image[4]));
  CHECK(at::equal(part.text[2], pairs.text[8]));
  CHECK(at::equal(part.image_of_text, at::arange(4, at::kLong).div(2, "floor")));
  CHECK((caption_rows_of(pairs, {4, 1}) == std::vector<std::int64_t>{2, 3, 8, 9}));
}

TEST_CASE("captions follow their pictures into another order") {
  const PairedFeatures part = pictures_of(numbered_pairs(3), {2, 0});
  CHECK((part.image_in_store == std::vector<std::int64_t>{102, 100}));
  CHECK((part.text_in_store == std::vector<std::int64_t>{1000, 1001, 1004, 1005}));
  CHECK(part.image_of_text[0].item<std::int64_t>() == 1);
  CHECK(part.image_of_text[3].item<std::int64_t>() == 0);
}

TEST_CASE("the first pictures come with their captions and a limit above their number takes all") {
  const PairedFeatures pairs = numbered_pairs(4);
  const PairedFeatures two = first_pictures(pairs, 2);
  CHECK((two.image_in_store == std::vector<std::int64_t>{100, 101}));
  CHECK((two.text_in_store == std::vector<std::int64_t>{1000, 1001, 1002, 1003}));
  CHECK(at::equal(two.image, pairs.image.narrow(0, 0, 2)));
  CHECK(at::equal(two.text, pairs.text.narrow(0, 0, 4)));
  CHECK(at::equal(two.image_of_text, pairs.image_of_text.narrow(0, 0, 4)));
  CHECK(first_pictures(pairs, 9).image.size(0) == 4);
}
