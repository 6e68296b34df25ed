#include "tandem/retrieval/right_answers.h"

#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

using Rows = std::vector<std::int64_t>;

/// Pictures 0, 1 and 2 of two, two and one captions; "dog" is of pictures 0 and 1, "cat" twice of
/// picture 1.
const Rows kPictures = {0, 0, 1, 1, 2};
const Rows kTexts = {50, 7, 50, 9, 8};

}  // namespace

TEST_CASE("without equal captions the pairs alone are right") {
  const RightAnswers right(at::tensor(kPictures, at::kLong), 3, 2, {});
  CHECK(right.texts_of(0) == Rows{0, 1});
  CHECK(right.texts_of(2) == Rows{4});
  CHECK(right.images_of(3) == Rows{1});
  CHECK(right.shared_captions() == 0);
  CHECK(right.different_captions() == 5);
}

TEST_CASE("a caption of two pictures makes both right for it, and both their copies right for each picture") {
  const RightAnswers right(at::tensor(kPictures, at::kLong), 3, 0,
                           {.of_text = kTexts, .of_other = {}, .image_of_other = {}});
  CHECK(right.images_of(0) == Rows{0, 1});
  CHECK(right.images_of(2) == Rows{0, 1});
  CHECK(right.images_of(1) == Rows{0});
  CHECK(right.texts_of(0) == Rows{0, 1, 2});
  CHECK(right.texts_of(1) == Rows{0, 2, 3});
  CHECK(right.texts_of(2) == Rows{4});
  CHECK(right.shared_captions() == 2);
  CHECK(right.different_captions() == 4);
  CHECK(right.texts_per_image() == Rows{3, 3, 1});
  CHECK(right.images_per_text() == Rows{2, 1, 2, 1, 1});
}

TEST_CASE("two equal captions of one picture are not shared, and the picture is right once") {
  const RightAnswers right(at::tensor(Rows{0, 0, 1}, at::kLong), 2, 0,
                           {.of_text = {3, 3, 4}, .of_other = {}, .image_of_other = {}});
  CHECK(right.shared_captions() == 0);
  CHECK(right.images_of(1) == Rows{0});
  CHECK(right.texts_of(0) == Rows{0, 1});
}

TEST_CASE("distractors with the caption of a query are right, behind the rows of the queries") {
  const RightAnswers right(at::tensor(kPictures, at::kLong), 3, 4,
                           {.of_text = kTexts, .of_other = {50, 60, 8}, .image_of_other = {3, 3, 0}});
  CHECK(right.images_of(0) == Rows{0, 1, 6});
  CHECK(right.images_of(4) == Rows{2, 3});
  CHECK(right.texts_of(1) == Rows{0, 2, 3, 5});
  CHECK(right.shared_captions() == 3);
  CHECK(right.different_captions() == 4);
  CHECK(right.texts_per_image() == Rows{4, 4, 2});
}

TEST_CASE("numbers that do not fit the captions are refused") {
  const at::Tensor pairs = at::tensor(kPictures, at::kLong);
  CHECK_THROWS_WITH_AS(RightAnswers(pairs, 3, 0, {.of_text = {1, 2}, .of_other = {}, .image_of_other = {}}),
                       doctest::Contains("of the 5 captions, got 2"), c10::ValueError);
  CHECK_THROWS_WITH_AS(RightAnswers(pairs, 2, 0, {}), doctest::Contains("rows of the 2 pictures, got 2"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(RightAnswers(pairs, 3, 1, {.of_text = kTexts, .of_other = {1}, .image_of_other = {1}}),
                       doctest::Contains("rows of the 1 distractors, got 1"), c10::ValueError);
}
