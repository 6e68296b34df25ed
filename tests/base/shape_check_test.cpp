#include "tandem/base/shape_check.h"

#include <ATen/ops/ones.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "tandem/base/errors.h"

using tandem::check_finite;
using tandem::check_shape;
using tandem::kAnySize;

TEST_CASE("a wrong shape is told with the function and both shapes") {
  const at::Tensor rows = at::ones({2, 384});
  CHECK_NOTHROW(check_shape("info_nce", "image", rows, {kAnySize, 384}));
  CHECK_THROWS_WITH_AS(check_shape("info_nce", "image", rows, {kAnySize, 512}),
                       doctest::Contains("info_nce: image must be [*, 512], got [2, 384]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(check_shape("info_nce", "image", at::Tensor(), {2}), doctest::Contains("got undefined"),
                       c10::ValueError);
}

TEST_CASE("a row that is not finite is named") {
  at::Tensor rows = at::ones({4, 3});
  CHECK_NOTHROW(check_finite("recall", "image", rows));
  rows[2][1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(check_finite("recall", "image", rows), doctest::Contains("in row 2 (1 such rows)"),
                       c10::ValueError);
}

TEST_CASE("a file error is one sentence with path and expectation and finding") {
  CHECK(std::string(tandem::FileError("a/b.csv", "a header row", "an empty file").what()) ==
        "a/b.csv: expected a header row, found an empty file");
}

TEST_CASE("a complaint within a complaint about the same file names it once") {
  const tandem::FileError inner("a/b.jpg", "a whole JPEG", "12 bytes");
  CHECK(std::string(tandem::FileError("a/b.jpg", "a picture that can be read (--strict)", inner.what()).what()) ==
        "a/b.jpg: expected a picture that can be read (--strict): expected a whole JPEG, found 12 bytes");
  CHECK(std::string(tandem::FileError("store", "one picture", inner.what()).what()) ==
        "store: expected one picture, found a/b.jpg: expected a whole JPEG, found 12 bytes");
}
