#include "tandem/projection/map_quality.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "mixture.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using tandem::pair_distance;
using tandem::PairDistance;
using tandem::trustworthiness;
using tandem::tests::mixture;

TEST_CASE("trustworthiness equals scikit-learn") {
  const auto reference =
      tandem::SafetensorsFile::open(tandem::tests::reference_dir() / "projection" / "projection.safetensors");
  const at::Tensor wanted = reference.tensor("trustworthiness", {2});
  const at::Tensor rows = mixture(200, 12);
  CHECK(trustworthiness(rows, rows.narrow(1, 0, 2), 5) ==
        doctest::Approx(wanted[0].item<double>()).epsilon(1e-12));
  CHECK(trustworthiness(rows, rows.narrow(1, 0, 2), 12) ==
        doctest::Approx(wanted[1].item<double>()).epsilon(1e-12));
}

TEST_CASE("a map of points in the plane onto themselves is fully trustworthy") {
  const at::Tensor points = mixture(90, 2);
  CHECK(trustworthiness(points, points, 7) == 1);
}

TEST_CASE("trustworthiness refuses too many neighbours") {
  CHECK_THROWS_WITH_AS(trustworthiness(mixture(10, 3), mixture(10, 2), 5),
                       doctest::Contains("k must be at least 1 and below N / 2 = 5, got 5"), c10::ValueError);
}

TEST_CASE("pair distance equals its definition") {
  const at::Tensor image = mixture(7, 2), text = mixture(21, 2) * 0.5;
  at::Tensor partner = at::zeros({21}, at::kLong);
  double paired = 0, random = 0;
  for (std::int64_t t = 0; t < 21; ++t) {
    partner[t] = t / 3;
    for (std::int64_t i = 0; i < 7; ++i) {
      const double distance = (text[t] - image[i]).norm().item<double>();
      random += distance / (7 * 21);
      paired += i == t / 3 ? distance / 21 : 0;
    }
  }
  const PairDistance found = pair_distance(image, text, partner);
  CHECK(found.paired == doctest::Approx(paired).epsilon(1e-6));
  CHECK(found.random == doctest::Approx(random).epsilon(1e-6));
}

TEST_CASE("pair distance refuses a caption of no picture") {
  CHECK_THROWS_WITH_AS(pair_distance(mixture(3, 2), mixture(2, 2), at::full({2}, 3, at::kLong)),
                       doctest::Contains("image_of_text must be from 0 to 2"), c10::ValueError);
}
