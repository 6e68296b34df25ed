#include "tandem/maps/nearest_neighbours.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "mixture.h"

using tandem::nearest_neighbours;
using tandem::Neighbours;
using tandem::tests::mixture;

TEST_CASE("nearest neighbours equal a full sort of all distances") {
  const std::int64_t count = 301, width = 7, k = 13;  // more than one tile, the last one short
  const at::Tensor rows = mixture(count, width);
  const Neighbours found = nearest_neighbours(rows, k);
  const float* value = rows.const_data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<std::pair<double, std::int64_t>> order;
    for (std::int64_t j = 0; j < count; ++j) {
      double squared = 0;
      for (std::int64_t d = 0; d < width; ++d) squared += std::pow(value[i * width + d] - value[j * width + d], 2);
      if (j != i) order.emplace_back(squared, j);
    }
    std::sort(order.begin(), order.end());
    for (std::int64_t c = 0; c < k; ++c) {
      CHECK(found.row.const_data_ptr<std::int64_t>()[i * k + c] == order[static_cast<std::size_t>(c)].second);
      CHECK(found.squared_distance.const_data_ptr<float>()[i * k + c] ==
            doctest::Approx(order[static_cast<std::size_t>(c)].first).epsilon(1e-5));
    }
  }
}

TEST_CASE("the nearest rows to queries equal a full sort, a query's own copy first") {
  const at::Tensor rows = mixture(200, 5);
  const at::Tensor queries = rows.narrow(0, 50, 40);
  const Neighbours found = tandem::nearest_rows(queries, rows, 4);
  const Neighbours among = nearest_neighbours(rows, 3);
  for (std::int64_t i = 0; i < 40; ++i) CHECK(found.row[i][0].item<std::int64_t>() == 50 + i);
  CHECK(at::equal(found.row.narrow(1, 1, 3), among.row.narrow(0, 50, 40)));
  CHECK(tandem::nearest_rows(queries, rows, 200).row.size(1) == 200);
  CHECK_THROWS_WITH_AS(tandem::nearest_rows(queries, rows, 201),
                       doctest::Contains("k must be from 1 to N = 200, got 201"), c10::ValueError);
}

TEST_CASE("searching both ways at once equals searching for every row, over bands and parts of any size") {
  for (const std::int64_t count : {255, 256, 257, 1023, 1281, 2600}) {
    CAPTURE(count);
    const at::Tensor rows = mixture(count, 6);
    const Neighbours once = nearest_neighbours(rows, 20),
                     slow = tandem::nearest_rows(rows, rows, 21);  // there, every row finds itself first
    CHECK(at::equal(once.row, slow.row.narrow(1, 1, 20)));
    CHECK(at::equal(once.squared_distance, slow.squared_distance.narrow(1, 1, 20)));
  }
}

TEST_CASE("equal rows are each other's neighbours in the order of the rows") {
  const Neighbours found = nearest_neighbours(at::full({6, 3}, 0.25, at::kFloat), 3);
  const auto* row = found.row.const_data_ptr<std::int64_t>();
  CHECK(std::vector<std::int64_t>(row, row + 3) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(found.squared_distance.abs().max().item<float>() == 0);
}

TEST_CASE("nearest neighbours are the same bits on one thread and on two") {
  const at::Tensor rows = mixture(700, 33);
  at::set_num_threads(1);
  const Neighbours one = nearest_neighbours(rows, 20);
  at::set_num_threads(2);
  const Neighbours two = nearest_neighbours(rows, 20);
  CHECK(at::equal(one.row, two.row));
  CHECK(at::equal(one.squared_distance, two.squared_distance));
}

TEST_CASE("nearest neighbours refuse NaN and a k out of range") {
  at::Tensor rows = mixture(5, 2);
  CHECK_THROWS_WITH_AS(nearest_neighbours(rows, 5), doctest::Contains("k must be from 1 to N - 1 = 4, got 5"),
                       c10::ValueError);
  rows[3][1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(nearest_neighbours(rows, 2), doctest::Contains("NaN or infinity in row 3"), c10::ValueError);
}
