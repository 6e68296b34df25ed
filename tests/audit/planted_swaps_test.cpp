#include "tandem/audit/planted_swaps.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "analysis/toy_gallery.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("planted swaps take one caption a picture and give each to another picture") {
  const at::Tensor partner = at::arange(1000, at::kLong).div(5, "floor");
  const PlantedSwaps swaps = plant_swaps(partner, 0.05, 3);
  CHECK(swaps.planted.sum().item<std::int64_t>() == 50);
  CHECK(std::get<0>(swaps.text_of_place.sort()).equal(at::arange(1000, at::kLong)));
  const at::Tensor from = partner.index_select(0, swaps.text_of_place);
  CHECK((from != partner).equal(swaps.planted));
  CHECK(at::bincount(partner.masked_select(swaps.planted)).max().item<std::int64_t>() == 1);
  CHECK(plant_swaps(partner, 0.05, 3).text_of_place.equal(swaps.text_of_place));
  CHECK(!plant_swaps(partner, 0.05, 4).planted.equal(swaps.planted));
}

TEST_CASE("shares that cannot be planted are refused with the numbers") {
  const at::Tensor partner = at::arange(10, at::kLong).div(5, "floor");
  CHECK_THROWS_WITH_AS(plant_swaps(partner, 0.1, 0),
                       doctest::Contains("from 2 captions to one a picture (2) can be swapped, got 1"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(plant_swaps(partner, 0.3, 0), doctest::Contains("got 3"), c10::ValueError);
  CHECK(plant_swaps(partner, 0.2, 0).planted.sum().item<std::int64_t>() == 2);
}

TEST_CASE("average precision equals its definition and scikit-learn's example") {
  CHECK(average_precision(at::tensor({0.1, 0.4, 0.35, 0.8}), at::tensor({0, 0, 1, 1}).to(at::kBool)) ==
        doctest::Approx(0.8333333));
  const at::Tensor score = drawn({300}, 1).mul(3).round().to(at::kDouble);  // Many ties.
  const at::Tensor marked = drawn({300}, 2) > 0.9;
  const auto s = score.accessor<double, 1>();
  const auto m = marked.accessor<bool, 1>();
  double sum = 0, count = 0;
  for (std::int64_t j = 0; j < 300; ++j) {
    if (!m[j]) continue;
    double above = 0, found = 0;
    for (std::int64_t k = 0; k < 300; ++k) {
      above += s[k] >= s[j] ? 1 : 0;
      found += s[k] >= s[j] && m[k] ? 1 : 0;
    }
    sum += found / above;
    ++count;
  }
  CHECK(average_precision(score, marked) == doctest::Approx(sum / count));
}

TEST_CASE("average precision is one for a perfect list and the share of marked rows at random") {
  const at::Tensor marked = at::arange(20000) % 20 == 0;
  CHECK(average_precision(marked.to(at::kDouble), marked) == 1);
  CHECK(std::abs(average_precision(drawn({20000}, 5), marked) - 0.05) < 0.01);
  CHECK(average_precision(at::zeros({20000}), marked) == doctest::Approx(0.05));
  CHECK_THROWS_AS(average_precision(at::zeros({3}), at::zeros({3}, at::kBool)), c10::ValueError);
  CHECK_THROWS_AS(average_precision(at::full({3}, std::nan("")), at::ones({3}, at::kBool)), c10::ValueError);
}
