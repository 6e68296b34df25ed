#include "tandem/images/longer_side.h"

#include <doctest/doctest.h>

#include "images/formula_picture.h"
#include "tandem/images/resample.h"

using namespace tandem;
using tandem::tests::formula_picture;

TEST_CASE("the longer side gets its length, the other one follows, and small pictures stay as they are") {
  const RgbImage wide = with_longer_side(formula_picture(50, 101), 40);
  CHECK(wide.height == 20);
  CHECK(wide.width == 40);
  CHECK(wide.pixels == resize(formula_picture(50, 101), 20, 40, Filter::kLanczos).pixels);
  const RgbImage high = with_longer_side(formula_picture(90, 30), 30);
  CHECK(high.height == 30);
  CHECK(high.width == 10);
  CHECK(with_longer_side(formula_picture(200, 1), 20).width == 1);
  CHECK(with_longer_side(formula_picture(9, 12), 40).pixels == formula_picture(9, 12).pixels);
}

TEST_CASE("the shorter side gets its length, and small pictures stay as they are") {
  const RgbImage wide = with_shorter_side(formula_picture(50, 101), 40);
  CHECK(wide.height == 40);
  CHECK(wide.width == 81);
  CHECK(wide.pixels == resize(formula_picture(50, 101), 40, 81, Filter::kLanczos).pixels);
  CHECK(with_shorter_side(formula_picture(90, 30), 31).pixels == formula_picture(90, 30).pixels);
}
