#include "tandem/index/exact_search.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace tandem;

namespace {

at::Tensor unit_rows(std::int64_t count, std::int64_t width, std::uint64_t seed) {
  const at::Tensor rows = at::randn({count, width}, at::detail::createCPUGenerator(seed));
  return rows / at::linalg_vector_norm(rows, 2, 1, true);
}

/// The rows of the k largest scores: every product in double, sorted, ties by row.
std::vector<std::int64_t> sorted_rows(const at::Tensor& query, const at::Tensor& rows, std::int64_t k,
                                      const at::Tensor& bias, const at::Tensor& allowed) {
  const at::Tensor similarity = at::matmul(rows.to(at::kDouble), query.to(at::kDouble)).to(at::kFloat);
  const at::Tensor score = bias.defined() ? similarity - bias : similarity;
  std::vector<std::int64_t> order;
  for (std::int64_t row = 0; row < rows.size(0); ++row) {
    if (!allowed.defined() || allowed[row].item<bool>()) order.push_back(row);
  }
  const auto* of = score.const_data_ptr<float>();
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return of[a] > of[b]; });
  order.resize(std::min<std::size_t>(order.size(), k));
  return order;
}

std::vector<std::int64_t> found_rows(const at::Tensor& row) {
  return {row.const_data_ptr<std::int64_t>(), row.const_data_ptr<std::int64_t>() + row.numel()};
}

}  // namespace

TEST_CASE("exact_search equals sorting every similarity, with every kernel and number of threads") {
  const at::Tensor rows = unit_rows(5000, 100, 1);
  const at::Tensor query = unit_rows(70, 100, 2);
  const at::Tensor bias = at::rand({5000}, at::detail::createCPUGenerator(3)) * 0.1F;
  const at::Tensor allowed = at::rand({5000}, at::detail::createCPUGenerator(4)) < 0.3;
  const QuantisedRows quantised = quantise_rows(rows);
  for (const bool with_bias : {false, true}) {
    for (const bool filtered : {false, true}) {
      std::vector<std::vector<std::int64_t>> expected;
      for (std::int64_t q = 0; q < 70; ++q)
        expected.push_back(
            sorted_rows(query[q], rows, 10, with_bias ? bias : at::Tensor(), filtered ? allowed : at::Tensor()));
      for (const Int8Kernel kernel : usable_int8_kernels()) {
        for (const int threads : {1, 3}) {
          ExactSearchOptions options{.threads = threads, .kernel = kernel};
          if (with_bias) options.bias = bias;
          if (filtered) options.allowed = allowed;
          const ExactSearch answer = exact_search(query, rows, quantised, 10, options);
          for (std::int64_t q = 0; q < 70; ++q) CHECK(found_rows(answer.nearest.row[q]) == expected[q]);
        }
      }
    }
  }
}

TEST_CASE("few rows are measured in float32") {
  const at::Tensor rows = unit_rows(20000, 256, 5);
  const ExactSearch answer = exact_search(unit_rows(1, 256, 6), rows, quantise_rows(rows), 10, {.threads = 1});
  CHECK(answer.remeasured >= 10);
  CHECK(answer.remeasured < 1000);
}

TEST_CASE("equal rows come in their order, also when all are equal") {
  const at::Tensor one = unit_rows(1, 32, 7);
  const at::Tensor rows = one.expand({700, 32}).contiguous();
  const ExactSearch answer = exact_search(one, rows, quantise_rows(rows), 5);
  CHECK(found_rows(answer.nearest.row[0]) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  CHECK(answer.nearest.similarity[0][0].item<float>() == doctest::Approx(1));
}

TEST_CASE("rows that differ by less than the quantisation are told apart") {
  const at::Tensor one = unit_rows(1, 64, 8);
  const at::Tensor rows = one + 1e-5F * at::randn({3000, 64}, at::detail::createCPUGenerator(9));
  const ExactSearch answer = exact_search(one, rows, quantise_rows(rows), 20);
  CHECK(found_rows(answer.nearest.row[0]) == sorted_rows(one[0], rows, 20, at::Tensor(), at::Tensor()));
}

TEST_CASE("similarities do not depend on the other queries") {
  const at::Tensor rows = unit_rows(1000, 48, 10);
  const at::Tensor query = unit_rows(65, 48, 11);
  const QuantisedRows quantised = quantise_rows(rows);
  const Nearest all = exact_search(query, rows, quantised, 3).nearest;
  for (const std::int64_t q : {0, 63, 64}) {
    const Nearest alone = exact_search(query.narrow(0, q, 1), rows, quantised, 3).nearest;
    CHECK(alone.similarity[0].equal(all.similarity[q]));
    CHECK(alone.row[0].equal(all.row[q]));
  }
}

TEST_CASE("fewer rows than k, and fewer allowed ones, give as many as there are") {
  const at::Tensor rows = unit_rows(20, 16, 12);
  const QuantisedRows quantised = quantise_rows(rows);
  CHECK(exact_search(rows, rows, quantised, 50).nearest.row.size(1) == 20);
  at::Tensor allowed = at::zeros({20}, at::kBool);
  allowed[4] = true;
  allowed[17] = true;
  const ExactSearch answer = exact_search(rows.narrow(0, 17, 1), rows, quantised, 50, {.allowed = allowed});
  CHECK(found_rows(answer.nearest.row[0]) == std::vector<std::int64_t>{17, 4});
}

TEST_CASE("exact_search refuses what does not fit") {
  const at::Tensor rows = unit_rows(20, 16, 13);
  const QuantisedRows quantised = quantise_rows(rows);
  CHECK_THROWS_AS(exact_search(unit_rows(1, 15, 1), rows, quantised, 1), c10::ValueError);
  CHECK_THROWS_AS(exact_search(rows, rows.narrow(0, 0, 19), quantised, 1), c10::ValueError);
  CHECK_THROWS_AS(exact_search(rows, rows, quantised, 0), c10::ValueError);
  CHECK_THROWS_AS(exact_search(rows, rows, quantised, 1, {.allowed = at::zeros({20}, at::kBool)}), c10::ValueError);
  CHECK_THROWS_AS(exact_search(rows, rows, quantised, 1, {.bias = at::zeros({19})}), c10::ValueError);
}
