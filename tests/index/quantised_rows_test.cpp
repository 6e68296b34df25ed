#include "tandem/index/quantised_rows.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace tandem;

namespace {

/// What the codes of one row stand for, read from their interleaved places.
std::vector<double> stands_for(const QuantisedRows& quantised, std::int64_t row) {
  std::vector<double> values;
  for (std::int64_t d = 0; d < quantised.width; ++d) {
    const int code = quantised.codes[row / 16][d / 4][row % 16][d % 4].item<int>() - 128;
    values.push_back(static_cast<double>(quantised.scale[row].item<float>()) * code);
  }
  return values;
}

}  // namespace

TEST_CASE("a row's codes are within half a step, and the bounds of its group hold") {
  const at::Tensor rows = at::randn({300, 70}, at::detail::createCPUGenerator(3));
  const QuantisedRows quantised = quantise_rows(rows);
  CHECK(quantised.codes.sizes() == at::IntArrayRef({19, 32, 16, 4}));
  CHECK(quantised.error.size(0) == 2);
  for (const std::int64_t row : {0, 15, 16, 255, 256, 299}) {
    const std::vector<double> coded = stands_for(quantised, row);
    double error = 0;
    double length = 0;
    for (std::int64_t d = 0; d < 70; ++d) {
      const double off = rows[row][d].item<float>() - coded[d];
      CHECK(std::abs(off) <= quantised.scale[row].item<double>() * 0.5001);
      error += off * off;
      length += coded[d] * coded[d];
    }
    CHECK(std::sqrt(error) <= quantised.error[row / 256].item<double>());
    CHECK(std::sqrt(length) <= quantised.length[row / 256].item<double>());
  }
}

TEST_CASE("rows of zeros, of tiny and of huge values have bounds that hold") {
  at::Tensor rows = at::zeros({3, 4});
  rows[1][2] = 1e-44F;
  rows[2][0] = 3e38F;
  const QuantisedRows quantised = quantise_rows(rows);
  CHECK(quantised.scale[0].item<float>() == 0);
  CHECK(stands_for(quantised, 1)[2] == 0);
  CHECK(quantised.error[0].item<double>() >= std::abs(3e38F - stands_for(quantised, 2)[0]));
}

TEST_CASE("a query's codes have no offset and padding of zeros") {
  std::vector<std::int8_t> codes(64, 1);
  const std::vector<float> query = {0.5F, -1, 0.25F};
  const QuantisedQuery quantised = quantise_query(query.data(), 3, codes.data());
  CHECK(codes[0] == 64);
  CHECK(codes[1] == -127);
  CHECK(codes[2] == 32);
  CHECK(codes[3] == 0);
  CHECK(codes[63] == 0);
  CHECK(quantised.length >= std::sqrt(1.3125));
  CHECK(quantised.length < std::sqrt(1.3125) * 1.000001);
}

TEST_CASE("what cannot be quantised is refused") {
  CHECK_THROWS_AS(quantise_rows(at::zeros({0, 4})), c10::ValueError);
  CHECK_THROWS_AS(quantise_rows(at::zeros({4})), c10::ValueError);
  at::Tensor bad = at::zeros({2, 4});
  bad[1][1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(quantise_rows(bad), c10::ValueError);
}
