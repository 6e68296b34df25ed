#include "tandem/maps/map_quality.h"

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

using tandem::map_quality;
using tandem::MapQuality;
using tandem::pair_distance;
using tandem::PairDistance;
using tandem::tests::mixture;

TEST_CASE("trustworthiness, continuity and neighbours kept equal scikit-learn") {
  const auto reference = tandem::SafetensorsFile::open(tandem::tests::reference_dir() / "maps" / "maps.safetensors");
  const at::Tensor rows = mixture(200, 12);
  for (const int i : {0, 1}) {
    const MapQuality quality = map_quality(rows, rows.narrow(1, 0, 2), i == 0 ? 5 : 12);
    const auto wanted = [&](const char* name) {
      return doctest::Approx(reference.tensor(name, {2})[i].item<double>()).epsilon(1e-12);
    };
    CHECK(quality.trustworthiness == wanted("trustworthiness"));
    CHECK(quality.continuity == wanted("continuity"));
    CHECK(quality.neighbours_kept == wanted("neighbours_kept"));
    CHECK(quality.rows_looked_at == 200);
  }
}

TEST_CASE("a map of points in the plane onto themselves is faithful in every way") {
  const at::Tensor points = mixture(90, 2);
  const MapQuality quality = map_quality(points, points, 7);
  CHECK(quality.trustworthiness == 1);
  CHECK(quality.continuity == 1);
  CHECK(quality.neighbours_kept == 1);
}

TEST_CASE("a sample of rows tells nearly the quality of all") {
  const at::Tensor rows = mixture(1500, 12);
  const MapQuality all = map_quality(rows, rows.narrow(1, 0, 2), 10);
  const MapQuality some = map_quality(rows, rows.narrow(1, 0, 2), 10, 400);
  CHECK(some.rows_looked_at == 400);
  CHECK(some.trustworthiness == doctest::Approx(all.trustworthiness).epsilon(0.02));
  CHECK(some.continuity == doctest::Approx(all.continuity).epsilon(0.02));
  CHECK(some.neighbours_kept == doctest::Approx(all.neighbours_kept).epsilon(0.15));
}

TEST_CASE("copies in a map are neighbours in the order of the rows") {
  const at::Tensor same = at::full({20, 3}, 1.5, at::kFloat);
  CHECK(map_quality(same, same.narrow(1, 0, 2), 4).neighbours_kept == 1);
}

TEST_CASE("map quality refuses too many neighbours and NaN") {
  CHECK_THROWS_WITH_AS(map_quality(mixture(10, 3), mixture(10, 2), 5),
                       doctest::Contains("k must be at least 1 and below N / 2 = 5, got 5"), c10::ValueError);
  CHECK_THROWS_WITH_AS(map_quality(mixture(10, 3), mixture(9, 2)), doctest::Contains("map must be [10, *]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(map_quality(mixture(10, 3), at::full({10, 2}, std::nan(""), at::kFloat), 2),
                       doctest::Contains("NaN or infinity in row 0"), c10::ValueError);
}

TEST_CASE("pair distance equals its definition") {
  const at::Tensor image = mixture(7, 2);
  const at::Tensor text = mixture(21, 2) * 0.5;
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
