#include "tandem/maps/partitioned_neighbours.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "mixture.h"

using tandem::nearest_neighbours;
using tandem::Neighbours;
using tandem::partitioned_neighbours;
using tandem::tests::mixture;

namespace {

/// Share of the true neighbours that were found.
double recall(const Neighbours& found, const Neighbours& truth) {
  const std::int64_t count = truth.row.size(0);
  const std::int64_t k = truth.row.size(1);
  const auto* got = found.row.const_data_ptr<std::int64_t>();
  const auto* wanted = truth.row.const_data_ptr<std::int64_t>();
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t c = 0; c < k; ++c) hits += std::count(got + i * k, got + (i + 1) * k, wanted[i * k + c]);
  }
  return static_cast<double>(hits) / static_cast<double>(count * k);
}

}  // namespace

TEST_CASE("searching all parts is exact, equal distances included") {
  const at::Tensor once = mixture(350, 6);
  const at::Tensor rows = at::cat({once, once});
  const Neighbours exact = nearest_neighbours(rows, 11);
  const Neighbours found = partitioned_neighbours(rows, 11);
  CHECK(at::equal(found.row, exact.row));
  CHECK(at::equal(found.squared_distance, exact.squared_distance));
}

TEST_CASE("a quarter of the rows of a mixture hold nearly all neighbours, with their true distances") {
  const at::Tensor rows = mixture(2000, 16);
  const Neighbours found = partitioned_neighbours(rows, 15, {.candidates = 500});
  CHECK(recall(found, nearest_neighbours(rows, 15)) > 0.95);
  for (const std::int64_t i : {0, 77, 1999}) {
    const std::int64_t other = found.row[i][14].item<std::int64_t>();
    CHECK(other != i);
    CHECK(found.squared_distance[i][14].item<double>() ==
          doctest::Approx((rows[i] - rows[other]).square().sum().item<double>()).epsilon(1e-5));
  }
}

TEST_CASE("partitioned neighbours are the same bits on one thread and on two, and for a seed") {
  const at::Tensor rows = mixture(900, 9);
  at::set_num_threads(1);
  const Neighbours one = partitioned_neighbours(rows, 8, {.candidates = 120, .seed = 3});
  at::set_num_threads(2);
  const Neighbours two = partitioned_neighbours(rows, 8, {.candidates = 120, .seed = 3});
  CHECK(at::equal(one.row, two.row));
  CHECK(at::equal(one.squared_distance, two.squared_distance));
}

TEST_CASE("rows that are all equal lie in one part and are each other's neighbours") {
  const Neighbours found = partitioned_neighbours(at::full({300, 3}, 0.5, at::kFloat), 4, {.candidates = 20});
  CHECK(found.squared_distance.max().item<float>() == 0);
  CHECK(found.row[0][0].item<std::int64_t>() == 1);
  CHECK(found.row[299][3].item<std::int64_t>() == 3);
}

TEST_CASE("partitioned neighbours refuse fewer candidates than neighbours") {
  CHECK_THROWS_WITH_AS(partitioned_neighbours(mixture(50, 3), 10, {.candidates = 10}),
                       doctest::Contains("candidates must be above k = 10, got 10"), c10::ValueError);
  CHECK_THROWS_WITH_AS(partitioned_neighbours(mixture(5, 2), 5),
                       doctest::Contains("k must be from 1 to N - 1 = 4, got 5"), c10::ValueError);
}
