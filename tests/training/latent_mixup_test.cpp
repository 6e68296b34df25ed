#include "tandem/training/latent_mixup.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sort.h>
#include <doctest/doctest.h>

#include <cmath>

using namespace tandem;

TEST_CASE("mixup gives both sides the same mixture of rows and partners, in any chunk") {
  const at::Tensor features = at::randn({9, 4}, at::detail::createCPUGenerator(1), at::TensorOptions());
  const at::Tensor rows = at::arange(8, at::kLong).flip({0});
  const Mixing mixing = draw_mixing(8, 1.0, 5);
  CHECK(at::equal(std::get<0>(at::sort(mixing.partner)), at::arange(8, at::kLong)));
  const at::Tensor mixed = mixing.rows_of(features, rows, 2, 5);
  for (int i = 0; i < 5; ++i) {
    const auto own = rows[2 + i].item<std::int64_t>();
    const auto partner = rows[mixing.partner[2 + i].item<std::int64_t>()].item<std::int64_t>();
    CHECK(at::allclose(mixed[i], features[own] * mixing.share + features[partner] * (1 - mixing.share)));
  }
  CHECK(at::equal(mixed, mixing.rows_of(features, rows, 0, 8).narrow(0, 2, 5)));
}

TEST_CASE("shares are the larger half of a Beta distribution and nothing is mixed without alpha") {
  double sum = 0, squares = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const double share =
        draw_mixing(2, 1.0, seed * 977).share;  // Beta(1, 1) is uniform; its larger half is uniform on [1/2, 1]
    CHECK(share >= 0.5);
    CHECK(share <= 1);
    sum += share;
    squares += share * share;
  }
  CHECK(sum / 2000 == doctest::Approx(0.75).epsilon(0.02));
  CHECK(squares / 2000 - 0.75 * 0.75 == doctest::Approx(1.0 / 48).epsilon(0.15));
  CHECK(!draw_mixing(8, 0, 1).partner.defined());
}
