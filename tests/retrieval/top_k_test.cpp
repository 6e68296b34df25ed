#include "tandem/retrieval/top_k.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>

using tandem::Nearest;
using tandem::top_k;

TEST_CASE("top_k equals sorting every similarity") {
  const at::Tensor query = at::randn({37, 8}, at::detail::createCPUGenerator(1));
  const at::Tensor gallery = at::randn({101, 8}, at::detail::createCPUGenerator(2));
  const Nearest nearest = top_k(query, gallery, 7);
  for (std::int64_t q = 0; q < 37; ++q) {
    std::vector<std::pair<float, std::int64_t>> all;
    for (std::int64_t n = 0; n < 101; ++n) all.emplace_back(-query[q].dot(gallery[n]).item<float>(), n);
    std::sort(all.begin(), all.end());
    for (std::int64_t place = 0; place < 7; ++place) {
      CHECK(nearest.row[q][place].item<std::int64_t>() == all[place].second);
      CHECK(nearest.similarity[q][place].item<float>() == doctest::Approx(-all[place].first).epsilon(1e-5));
    }
  }
}

TEST_CASE("equal similarities come in the order of the rows") {
  const Nearest nearest = top_k(at::ones({1, 3}), at::ones({5, 3}), 3);
  for (std::int64_t place = 0; place < 3; ++place) CHECK(nearest.row[0][place].item<std::int64_t>() == place);
}

TEST_CASE("among equals the rows that come first are kept however many better ones come after them") {
  at::Tensor gallery = at::zeros({200, 1});
  gallery[150][0] = 2.0F;
  gallery[199][0] = 1.0F;
  const Nearest nearest = top_k(at::ones({1, 1}), gallery, 4);
  const std::array<std::int64_t, 4> expected = {150, 199, 0, 1};
  for (std::int64_t place = 0; place < 4; ++place) CHECK(nearest.row[0][place].item<std::int64_t>() == expected[place]);
}

TEST_CASE("a k beyond the gallery gives every row once and nothing else") {
  const Nearest nearest = top_k(at::ones({2, 3}), at::ones({4, 3}), 10);
  CHECK(nearest.row.sizes() == at::IntArrayRef({2, 4}));
}

TEST_CASE("top_k refuses NaN and empty galleries and k below one") {
  at::Tensor broken = at::ones({2, 3});
  broken[1][0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(top_k(at::ones({1, 3}), broken, 1), doctest::Contains("gallery must be finite"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(top_k(broken, at::ones({2, 3}), 1), doctest::Contains("query must be finite"), c10::ValueError);
  CHECK_THROWS_AS(top_k(at::ones({1, 3}), at::zeros({0, 3}), 1), c10::ValueError);
  CHECK_THROWS_AS(top_k(at::ones({1, 3}), at::ones({2, 3}), 0), c10::ValueError);
}
