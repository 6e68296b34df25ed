#include "tandem/audit/side_statistics.h"

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "analysis/toy_gallery.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("statistics of a side equal their definition over several tiles") {
  constexpr std::int64_t kQueries = 2111, kRows = 2003, kNear = 5;  // Three tiles, the last one smaller.
  constexpr double kScale = 7;
  const at::Tensor query = unit_rows(drawn({kQueries, 6}, 1));
  const at::Tensor gallery = unit_rows(drawn({kRows, 6}, 2));
  const at::Tensor own = at::arange(kQueries, at::kLong).remainder(kRows);
  const SideStatistics side = side_statistics(query, gallery, own, kScale, kNear);
  const auto q = query.accessor<float, 2>();
  const auto g = gallery.accessor<float, 2>();
  for (std::int64_t i = 0; i < kQueries; i += 105) {
    std::vector<double> similarity(kRows, 0);
    double sum = 0, squares = 0, exponentials = 0;
    for (std::int64_t n = 0; n < kRows; ++n) {
      for (std::int64_t d = 0; d < 6; ++d) similarity[n] += static_cast<double>(q[i][d]) * g[n][d];
      sum += similarity[n] / kRows;
      exponentials += std::exp(kScale * similarity[n]);
    }
    for (const double s : similarity) squares += (s - sum) * (s - sum) / kRows;
    std::vector<std::int64_t> order(kRows);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](std::int64_t a, std::int64_t b) { return similarity[a] > similarity[b]; });
    const double own_similarity = similarity[i % kRows];
    CHECK(side.mean[i].item<double>() == doctest::Approx(sum).epsilon(1e-4));
    CHECK(side.deviation[i].item<double>() == doctest::Approx(std::sqrt(squares)).epsilon(1e-4));
    CHECK(side.log_sum[i].item<double>() == doctest::Approx(std::log(exponentials)).epsilon(1e-5));
    CHECK(side.as_near[i].item<std::int64_t>() == std::count_if(similarity.begin(), similarity.end(), [&](double s) {
                                                    return s >= own_similarity - 1e-6;
                                                  }) - 1);
    for (std::int64_t place = 0; place < kNear; ++place)
      CHECK(side.nearest[i][place].item<std::int64_t>() == order[place]);
  }
}

TEST_CASE("equal rows are listed in rising order and ties count as near") {
  const at::Tensor same = at::full({7, 4}, 0.5);
  const SideStatistics side = side_statistics(same, same, at::zeros({7}, at::kLong), 10, 3);
  for (std::int64_t place = 1; place < 3; ++place)
    CHECK((side.nearest.select(1, place) > side.nearest.select(1, place - 1)).all().item<bool>());
  CHECK((side.as_near == 6).all().item<bool>());
  CHECK((side.deviation >= 1e-6).all().item<bool>());
  CHECK(side_statistics(same, same, at::zeros({7}, at::kLong), 10, 100).nearest.size(1) == 7);
}

TEST_CASE("statistics of a side refuse what does not fit") {
  const at::Tensor rows = at::ones({4, 3});
  const at::Tensor own = at::zeros({4}, at::kLong);
  CHECK_THROWS_WITH_AS(side_statistics(rows, at::ones({4, 2}), own, 1, 1),
                       doctest::Contains("query must be [*, 2], got [4, 3]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(side_statistics(rows, rows, own + 4, 1, 1), doctest::Contains("rows 0 to 3"), c10::ValueError);
  CHECK_THROWS_WITH_AS(side_statistics(rows, rows, own, 1, 0), doctest::Contains("k >= 1"), c10::ValueError);
  CHECK_THROWS_WITH_AS(side_statistics(rows * std::numeric_limits<float>::infinity(), rows, own, 1, 1),
                       doctest::Contains("NaN or infinity in row 0"), c10::ValueError);
}
