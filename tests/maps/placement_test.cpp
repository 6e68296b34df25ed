#include "tandem/maps/placement.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "mixture.h"
#include "tandem/maps/tsne.h"

using tandem::place_on_map;
using tandem::tests::mixture;

namespace {

/// 600 rows of 20 clusters, the last 100 held out; made once.
struct HeldOut {
  at::Tensor rows = mixture(600, 12).narrow(0, 0, 500);
  at::Tensor held_out = mixture(600, 12).narrow(0, 500, 100);
  at::Tensor map = tandem::tsne(rows, {.perplexity = 15, .iterations = 500}).map;
};

const HeldOut& held_out() {
  static const HeldOut made;
  return made;
}

}  // namespace

TEST_CASE("held-out rows land among the rows of their own cluster") {
  const at::Tensor placed = place_on_map(held_out().rows, held_out().map, held_out().held_out);
  std::int64_t at_home = 0;
  for (std::int64_t i = 0; i < 100; ++i) {
    const at::Tensor distance = (held_out().map - placed[i]).norm(2, {1});
    at_home += distance.argmin().item<std::int64_t>() % 20 == (500 + i) % 20;
  }
  CHECK(at_home >= 95);
}

TEST_CASE("a copy of a mapped row lands beside it, nearer than a typical neighbour would") {
  const at::Tensor placed = place_on_map(held_out().rows, held_out().map, held_out().rows.narrow(0, 0, 60));
  const double apart = (placed - held_out().map.narrow(0, 0, 60)).norm(2, {1}).mean().item<double>();
  const double extent = held_out().map.norm(2, {1}).mean().item<double>();
  CHECK(apart < 0.05 * extent);
}

TEST_CASE("a row is placed the same alone and in company, on one thread and on two") {
  at::set_num_threads(1);
  const at::Tensor one = place_on_map(held_out().rows, held_out().map, held_out().held_out);
  at::set_num_threads(2);
  CHECK(at::equal(one, place_on_map(held_out().rows, held_out().map, held_out().held_out)));
  CHECK(at::equal(one.narrow(0, 7, 1),
                  place_on_map(held_out().rows, held_out().map, held_out().held_out.narrow(0, 7, 1))));
}

TEST_CASE("descent lowers the divergence that the weighted median leaves") {
  // Seen from one new row with one neighbour: log(sum of w) - log(w of the neighbour).
  const at::Tensor& map = held_out().map;
  const auto divergence = [&](const at::Tensor& place, std::int64_t neighbour) {
    const at::Tensor w = 1 / (1 + (map - place).square().sum(1));
    return (w.sum().log() - w[neighbour].log()).item<double>();
  };
  const at::Tensor row = held_out().rows.narrow(0, 3, 1);
  const at::Tensor start = place_on_map(held_out().rows, map, row, {.perplexity = 1, .iterations = 0});
  const at::Tensor end = place_on_map(held_out().rows, map, row, {.perplexity = 1});
  CHECK(at::equal(start[0], map[3]));
  CHECK(divergence(end[0], 3) <= divergence(start[0], 3));
}

TEST_CASE("equal rows, a single mapped row and huge ones are placed finitely") {
  const at::Tensor same = at::full({9, 4}, 2, at::kFloat);
  CHECK(at::isfinite(place_on_map(same, mixture(9, 2), same)).all().item<bool>());
  const at::Tensor alone = place_on_map(mixture(1, 4), mixture(1, 2), mixture(3, 4));
  CHECK((alone - mixture(1, 2)).abs().max().item<float>() < 1e-3F);
  const at::Tensor huge =
      place_on_map(held_out().rows * std::ldexp(1, 100), held_out().map, held_out().held_out * std::ldexp(1, 100));
  CHECK(at::isfinite(huge).all().item<bool>());
  CHECK(place_on_map(same, mixture(9, 2), same.narrow(0, 0, 0)).size(0) == 0);
}

TEST_CASE("placement refuses NaN and rows of another width in words") {
  at::Tensor rows = mixture(9, 3);
  CHECK_THROWS_WITH_AS(place_on_map(rows, mixture(9, 2), mixture(2, 4)),
                       doctest::Contains("new_rows must be [*, 3], got [2, 4]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(place_on_map(rows, mixture(8, 2), rows), doctest::Contains("map must be [9, 2], got [8, 2]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(place_on_map(rows, mixture(9, 2), rows, {.perplexity = 0}),
                       doctest::Contains("perplexity must be at least 1"), c10::ValueError);
  rows[4][0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(place_on_map(mixture(9, 3), mixture(9, 2), rows),
                       doctest::Contains("new_rows must be finite, got NaN or infinity in row 4"), c10::ValueError);
}
