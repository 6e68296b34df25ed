#include "tandem/heads/column_moments.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/std_mean.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <utility>

using namespace tandem;

namespace {

/// Columns of many scales, some far from zero beside their deviation.
at::Tensor uneven_columns(std::int64_t rows, std::int64_t columns) {
  at::Generator chance = at::detail::createCPUGenerator(3);
  const at::Tensor scale = at::pow(10, at::randn({columns}, chance));
  const at::Tensor mean = 1e4 * at::randn({columns}, chance);
  return at::randn({rows, columns}, chance) * scale + mean;
}

}  // namespace

TEST_CASE("mean and deviation equal those of float64, however far the mean is from zero") {
  for (const auto& [rows, columns] : {std::pair{1, 3}, std::pair{1023, 17}, std::pair{5001, 37}}) {
    const at::Tensor features = uneven_columns(rows, columns);
    const auto [deviation, mean] = at::std_mean(features.to(at::kDouble), at::IntArrayRef{0}, /*unbiased=*/false);
    const ColumnMoments found = column_moments(features);
    CHECK(found.mean.equal(mean.to(at::kFloat)));
    CHECK((found.deviation - deviation).abs().div(deviation.clamp_min(1e-30)).max().item<double>() <
          1e-6);  // rounding of the answer
  }
}

TEST_CASE("mean and deviation have the same bits with any number of threads") {
  const int before = at::get_num_threads();
  const at::Tensor features = uneven_columns(4500, 29);
  at::set_num_threads(1);
  const ColumnMoments one = column_moments(features);
  for (const int threads : {2, 3, 7}) {
    at::set_num_threads(threads);
    const ColumnMoments several = column_moments(features);
    CHECK(several.mean.equal(one.mean));
    CHECK(several.deviation.equal(one.deviation));
  }
  at::set_num_threads(before);
}

TEST_CASE("mean and deviation of a part of the columns are those of the columns") {
  const at::Tensor features = uneven_columns(300, 12);
  const ColumnMoments whole = column_moments(features);
  const ColumnMoments part = column_moments(features.narrow(1, 4, 5));
  CHECK(part.mean.equal(whole.mean.narrow(0, 4, 5)));
  CHECK(part.deviation.equal(whole.deviation.narrow(0, 4, 5)));
}

TEST_CASE("a column that is one value has deviation zero, and no rows have no mean") {
  CHECK(column_moments(at::ones({2000, 2}) * 0.1).deviation.max().item<double>() == 0);
  CHECK_THROWS_WITH_AS(column_moments(at::zeros({0, 4})), doctest::Contains("at least one row"), c10::ValueError);
}
