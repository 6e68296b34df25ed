#include "tandem/maps/modality_gap.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "mixture.h"

using tandem::centred_to_unit_length;
using tandem::modality_gap;
using tandem::tests::mixture;

TEST_CASE("the modality gap is the distance between the means") {
  const at::Tensor image = mixture(40, 5);
  CHECK(modality_gap(image, image) == 0);
  CHECK(modality_gap(image, image + 3) == doctest::Approx(3 * std::sqrt(5.0)));
  CHECK(modality_gap(at::cat({image, image}), image) == doctest::Approx(0));
}

TEST_CASE("centred rows have unit length and forget where their side lay") {
  const at::Tensor rows = mixture(60, 7).to(at::kDouble);
  const at::Tensor centred = centred_to_unit_length(rows, rows.mean(0));
  CHECK(at::allclose(centred.norm(2, {1}), at::ones({60}, at::kFloat), 0, 1e-6));
  CHECK(at::allclose(centred, centred_to_unit_length(rows + 11, rows.mean(0) + 11), 0, 1e-5));
  CHECK(at::allclose(centred[4].to(at::kDouble), (rows[4] - rows.mean(0)) / (rows[4] - rows.mean(0)).norm(), 0, 1e-6));
}

TEST_CASE("rows that are all equal have no direction and stay zero") {
  const at::Tensor rows = at::full({5, 3}, 0.1, at::kFloat);
  CHECK(centred_to_unit_length(rows, rows.mean(0)).abs().max().item<float>() == 0);
}

TEST_CASE("the gap of sides that do not fit is refused") {
  CHECK_THROWS_WITH_AS(modality_gap(mixture(3, 4), mixture(3, 5)), doctest::Contains("text must be [*, 4], got [3, 5]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(modality_gap(mixture(3, 4).narrow(0, 0, 0), mixture(3, 4)),
                       doctest::Contains("image must have at least one row"), c10::ValueError);
  CHECK_THROWS_WITH_AS(centred_to_unit_length(mixture(3, 4), mixture(1, 5)[0]),
                       doctest::Contains("mean must be [4], got [5]"), c10::ValueError);
}
