#include "tandem/maps/tsne.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "mixture.h"
#include "tandem/maps/map_quality.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using tandem::map_quality;
using tandem::tsne;
using tandem::TsneResult;
using tandem::tests::mixture;

namespace {

bool finite(const at::Tensor& map) { return at::isfinite(map).all().item<bool>(); }

}  // namespace

TEST_CASE("t-SNE reaches a divergence at most 1 percent above that of scikit-learn" * doctest::test_suite("slow")) {
  const auto reference = tandem::SafetensorsFile::open(tandem::tests::reference_dir() / "maps" / "maps.safetensors");
  const double theirs = reference.tensor("divergence", {2}).min().item<double>();
  const at::Tensor rows = mixture(2000, 20);
  const TsneResult result = tsne(rows);
  CHECK(result.kl < theirs * 1.01);
  CHECK(result.kl > theirs * 0.9);  // far below would mean that the divergence is computed wrongly
  CHECK(map_quality(rows, result.map, 5).trustworthiness > 0.9);
}

TEST_CASE("t-SNE keeps clusters together") {
  const TsneResult result = tsne(mixture(300, 10), {.perplexity = 10, .iterations = 500});
  std::int64_t same = 0;
  for (std::int64_t i = 0; i < 300; ++i) {
    at::Tensor distance = (result.map - result.map[i]).norm(2, {1});
    distance[i] = std::numeric_limits<float>::infinity();
    same += distance.argmin().item<std::int64_t>() % 20 == i % 20;
  }
  CHECK(same > 270);
}

TEST_CASE("t-SNE gives the same bits for a seed and others for another") {
  const at::Tensor rows = mixture(400, 6);
  const TsneResult first = tsne(rows, {.iterations = 60, .seed = 4});
  CHECK(at::equal(first.map, tsne(rows, {.iterations = 60, .seed = 4}).map));
  CHECK(!at::equal(first.map, tsne(rows, {.iterations = 60, .seed = 5}).map));
}

TEST_CASE("t-SNE gives the same bits on one thread and on two") {
  const at::Tensor rows = mixture(1700, 24);  // enough points for the grid
  at::set_num_threads(1);
  const TsneResult one = tsne(rows, {.iterations = 80, .exaggerated = 40});
  at::set_num_threads(2);
  const TsneResult two = tsne(rows, {.iterations = 80, .exaggerated = 40});
  CHECK(at::equal(one.map, two.map));
  CHECK(one.kl == two.kl);
}

TEST_CASE("constant rows give a finite map") {
  const TsneResult result = tsne(at::full({120, 5}, 0.7, at::kFloat), {.iterations = 400});
  CHECK(finite(result.map));
  CHECK(std::isfinite(result.kl));
}

TEST_CASE("duplicated rows give a finite map with the copies side by side") {
  const at::Tensor once = mixture(40, 6);
  const TsneResult result = tsne(at::cat({once, once, once}), {.perplexity = 5, .iterations = 500});
  CHECK(finite(result.map));
  const at::Tensor apart = (result.map.narrow(0, 0, 40) - result.map.narrow(0, 40, 40)).norm(2, {1});
  CHECK(apart.mean().item<float>() < 0.2 * result.map.norm(2, {1}).mean().item<float>());
}

TEST_CASE("a few rows give a finite map with a perplexity that fits") {
  for (const std::int64_t count : {1, 2, 3, 4, 7, 20}) {
    const TsneResult result = tsne(mixture(count, 4));
    CAPTURE(count);
    CHECK(result.map.size(0) == count);
    CHECK(finite(result.map));
    CHECK(result.perplexity == doctest::Approx(std::max(1.0, static_cast<double>(count - 1) / 3)));
  }
  const TsneResult pair = tsne(mixture(2, 4));
  CHECK((pair.map[0] - pair.map[1]).norm().item<float>() == doctest::Approx(1));
}

TEST_CASE("the map does not depend on the unit of the rows however huge or tiny") {
  const at::Tensor rows = mixture(90, 4);
  const TsneResult result = tsne(rows, {.perplexity = 10, .iterations = 500});
  CHECK(map_quality(rows, result.map, 5).trustworthiness > 0.9);
  for (const double factor : {std::ldexp(1, 100), std::ldexp(1, -100)}) {
    CHECK(at::equal(tsne(rows * factor, {.perplexity = 10, .iterations = 500}).map, result.map));
  }
}

TEST_CASE("the map is centred and progress is told to the end") {
  std::vector<std::pair<std::int64_t, std::int64_t>> told;
  const TsneResult result = tsne(
      mixture(80, 3),
      {.iterations = 30, .progress = [&](std::int64_t done, std::int64_t total) { told.emplace_back(done, total); }});
  CHECK(result.map.mean(0).abs().max().item<float>() < 1e-4);
  CHECK(told.size() == 30);
  CHECK(told.back() == std::pair<std::int64_t, std::int64_t>(30, 30));
}

TEST_CASE("whoever watches sees the map at the start, on the way and at the end") {
  std::vector<int> seen;
  at::Tensor last;
  const TsneResult result = tsne(mixture(60, 3), {.perplexity = 5,
                                                  .iterations = 50,
                                                  .watch =
                                                      [&](int iterations, const at::Tensor& map) {
                                                        seen.push_back(iterations);
                                                        last = map;
                                                      },
                                                  .watch_every = 20});
  CHECK((seen == std::vector<int>{0, 20, 40, 50}));
  CHECK(at::equal(last, result.map));
}

TEST_CASE("t-SNE on partitioned neighbours is as good a map") {
  const at::Tensor rows = mixture(1200, 16);
  const TsneResult exact = tsne(rows, {.perplexity = 10, .iterations = 400});
  const TsneResult parted = tsne(rows, {.perplexity = 10, .iterations = 400, .exact_neighbours_to = 1000});
  CHECK(parted.kl == doctest::Approx(exact.kl).epsilon(0.05));
}

TEST_CASE("t-SNE refuses NaN and options out of range in words") {
  at::Tensor rows = mixture(9, 3);
  CHECK_THROWS_WITH_AS(tsne(rows, {.perplexity = 0.5}),
                       doctest::Contains("tsne: perplexity must be at least 1, got 0.5"), c10::ValueError);
  CHECK_THROWS_WITH_AS(tsne(rows, {.learning_rate = -1}), doctest::Contains("learning_rate"), c10::ValueError);
  CHECK_THROWS_WITH_AS(tsne(rows, {.iterations = -1}), doctest::Contains("iterations must not be negative"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(tsne(rows.narrow(0, 0, 0)), doctest::Contains("with at least one row, got [0, 3]"),
                       c10::ValueError);
  rows[8][2] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(tsne(rows), doctest::Contains("tsne: rows must be finite, got NaN or infinity in row 8"),
                       c10::ValueError);
}
