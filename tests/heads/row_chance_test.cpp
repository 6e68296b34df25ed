#include "tandem/heads/row_chance.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/heads/chance_operators.h"

using namespace tandem;

namespace {

double share_of(const at::Tensor& mask) { return mask.to(at::kFloat).mean().item<double>(); }

}  // namespace

TEST_CASE("normal noise has the moments and the tails of the normal distribution") {
  const at::Tensor noise = normal_noise(1000, 301, 0.5, {.seed = 1}) / 0.5;  // Blocks of 64 columns do not divide it.
  CHECK(noise.mean().item<double>() == doctest::Approx(0).scale(1).epsilon(0.01));
  CHECK(noise.std().item<double>() == doctest::Approx(1).epsilon(0.01));
  CHECK(noise.pow(3).mean().item<double>() == doctest::Approx(0).scale(1).epsilon(0.02));
  CHECK(noise.pow(4).mean().item<double>() == doctest::Approx(3).epsilon(0.03));
  for (const double place : {-2.5, -1.0, -0.3, 0.2, 1.0, 2.0, 3.0}) {
    const double expected = 0.5 * std::erfc(-place / std::sqrt(2.0));
    CHECK(share_of(noise < place) ==
          doctest::Approx(expected).scale(1).epsilon(4 * std::sqrt(expected * (1 - expected) / 301000)));
  }
}

TEST_CASE("rows and columns of noise are strangers to one another, and so are seeds and sites") {
  const at::Tensor rows = normal_noise(12, 1 << 16, 1, {.seed = 1});
  CHECK((rows.matmul(rows.t()) / (1 << 16)).fill_diagonal_(0).abs().max().item<double>() < 0.02);
  const at::Tensor columns =
      normal_noise(1 << 16, 96, 1, {.seed = 1});  // with partners of a Box-Muller pair among them
  CHECK((columns.t().matmul(columns) / (1 << 16)).fill_diagonal_(0).abs().max().item<double>() < 0.02);
  const RowChance chance{.seed = 1};
  for (const at::Tensor& other : {normal_noise(12, 1 << 16, 1, {.seed = 2}), normal_noise(12, 1 << 16, 1, chance.at(0)),
                                  normal_noise(12, 1 << 16, 1, chance.at(1))}) {
    CHECK(std::abs((rows * other).mean().item<double>()) < 0.005);
  }
}

TEST_CASE("the dropout factor drops its share and keeps the mean") {
  const at::Tensor factor = dropout_factor(1000, 301, 0.6, {.seed = 2});
  CHECK(share_of(factor == 0) == doctest::Approx(0.6).epsilon(0.01));
  CHECK(factor.max().item<double>() == doctest::Approx(2.5));
  CHECK((factor == 0).logical_or(factor == factor.max()).all().item<bool>());
  CHECK(factor.mean().item<double>() == doctest::Approx(1).epsilon(0.01));
  CHECK(share_of(dropout_factor(100, 100, 0, {.seed = 2}) == 1) == 1);
}

TEST_CASE("a row draws the same in any chunk and on any number of threads") {
  const int before = at::get_num_threads();
  for (const auto draw : {normal_noise, dropout_factor}) {
    const auto make = [&](std::int64_t rows, std::int64_t columns, double number, const RowChance& chance) {
      return draw(rows, columns, number, chance, c10::kCPU);
    };
    at::set_num_threads(1);
    const at::Tensor whole = make(100, 70, 0.5, {.seed = 7});
    at::set_num_threads(2);
    CHECK(at::equal(whole, at::cat({make(37, 70, 0.5, {.seed = 7}), make(63, 70, 0.5, {.seed = 7, .first_row = 37})})));
    CHECK(!at::equal(whole, make(100, 70, 0.5, {.seed = 8})));
  }
  at::set_num_threads(before);
}

TEST_CASE("operators draw what the loops draw") {
  for (const std::int64_t columns : {1, 31, 33, 64, 301}) {
    const RowChance chance{.seed = 0xfedcba9876543210U, .first_row = 5};
    CHECK(at::equal(chance_operators::dropout_factor(211, columns, 0.6, chance, c10::kCPU),
                    dropout_factor(211, columns, 0.6, chance)));
    const at::Tensor loops = normal_noise(211, columns, 0.75, chance);
    CHECK((chance_operators::normal_noise(211, columns, 0.75, chance, c10::kCPU) - loops).abs().max().item<double>() <
          1e-5);
  }
}

TEST_CASE("mixed seeds tell their fields apart") {
  CHECK(mixed_seed(1, 2, 3) == mixed_seed(1, 2, 3));
  CHECK(mixed_seed(1, 2, 3) != mixed_seed(1, 3, 2));
  CHECK(mixed_seed(1, 2, 3) != mixed_seed(2, 1, 3));
  CHECK(mixed_seed(0, 0, 0) != mixed_seed(0, 0, 1));
}
