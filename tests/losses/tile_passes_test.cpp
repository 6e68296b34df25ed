#include "tandem/losses/tile_passes.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/losses/tile_operators.h"

using namespace tandem;

namespace {

constexpr std::int64_t kRows = 5, kColumns = 37;  // no multiple of any vector's length

struct TileCase {
  at::Tensor tile, row, column;
  TakingPart part;
};

/// Logits in -reach..reach.
TileCase random_case(double reach, at::ScalarType type, bool grouped, bool own_stays) {
  at::Generator generator = at::detail::createCPUGenerator(3);
  const at::TensorOptions options = at::TensorOptions().dtype(type);
  TileCase one{.tile = (at::rand({kRows, kColumns}, generator, options) * 2 - 1) * reach,
               .row = at::rand({kRows}, generator, options),
               .column = at::rand({kColumns}, generator, options),
               .part = {}};
  if (!grouped) return one;
  const auto groups = [&](std::int64_t count) {
    return at::randint(3, {count}, generator, at::TensorOptions().dtype(at::kInt));
  };
  one.part = {.row_group = groups(kRows),
              .column_group = groups(kColumns),
              .own_column = 34,
              .own_stays = own_stays};  // beyond the tile from row 3 on
  return one;
}

TileSums empty_sums(at::ScalarType type) {
  const auto empty = [&](std::int64_t count) { return at::zeros({count}, type); };
  return {.row_largest = empty(kRows),
          .row_sum = empty(kRows),
          .column_largest = empty(kColumns),
          .column_sum = empty(kColumns)};
}

template <typename Check>
void each_case(double reach, const Check& check) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    for (const auto& [grouped, own_stays] : {std::pair{false, false}, std::pair{true, false}, std::pair{true, true}}) {
      CAPTURE(type);
      CAPTURE(grouped);
      CAPTURE(own_stays);
      const TileCase one = random_case(reach, type, grouped, own_stays);
      const double tolerance = type == at::kFloat ? 2e-6 : 1e-13;
      check(one, [&](const at::Tensor& fast, const at::Tensor& slow) {
        CHECK(at::allclose(fast, slow, tolerance, tolerance * 1e-3));
      });
    }
  }
}

}  // namespace

TEST_CASE("vectorised sums of exponentials equal those of LibTorch's operators") {
  each_case(55, [](const TileCase& one, const auto& same) {
    const at::Tensor fast = one.tile.clone();
    const at::Tensor slow = one.tile.clone();
    const TileSums fast_sums = empty_sums(fast.scalar_type());
    const TileSums slow_sums = empty_sums(fast.scalar_type());
    plain_sums(fast, one.part, fast_sums);
    tile_operators::plain_sums(slow, one.part, slow_sums);
    same(fast, slow);
    same(fast.log() + 100, slow.log() + 100);  // entries from e-55 to e+55, each of them
    same(fast_sums.row_sum, slow_sums.row_sum);
    same(fast_sums.column_sum, slow_sums.column_sum);
  });
  each_case(300, [](const TileCase& one, const auto& same) {
    const at::Tensor fast = one.tile.clone();
    const at::Tensor slow = one.tile.clone();
    const TileSums fast_sums = empty_sums(fast.scalar_type());
    const TileSums slow_sums = empty_sums(fast.scalar_type());
    shifted_sums(fast, one.part, fast_sums);
    tile_operators::shifted_sums(slow, one.part, slow_sums);
    same(fast, slow);
    same(fast_sums.row_largest, slow_sums.row_largest);
    same(fast_sums.row_sum, slow_sums.row_sum);
    same(fast_sums.column_largest, slow_sums.column_largest);
    same(fast_sums.column_sum, slow_sums.column_sum);
  });
}

TEST_CASE("vectorised weights of log-sums equal those of LibTorch's operators") {
  each_case(20, [](const TileCase& one, const auto& same) {
    const at::Tensor fast = one.tile.clone();
    const at::Tensor slow = one.tile.clone();
    weigh_logits(fast, one.part, one.row, one.column);
    tile_operators::weigh_logits(slow, one.part, one.row, one.column);
    same(fast, slow);
    weigh_exponentials(fast, one.row, one.column);
    tile_operators::weigh_exponentials(slow, one.row, one.column);
    same(fast, slow);
  });
  each_case(100, [](const TileCase& one, const auto& same) {
    const at::Tensor fast = one.tile.clone();
    const at::Tensor slow = one.tile.clone();
    const LogGradients gradients{.row_gradient = one.row,
                                 .row_log = 100 + one.row,
                                 .column_gradient = one.column,
                                 .column_log = 101 + one.column};
    weigh_shifted(fast, one.part, gradients);
    tile_operators::weigh_shifted(slow, one.part, gradients);
    same(fast, slow);
  });
}

TEST_CASE("vectorised sigmoids equal LibTorch's, and their sum the definition's, far from 0 too") {
  for (const double bias : {-10.0, -0.3, 25.0}) {
    each_case(12, [&](const TileCase& one, const auto& same) {
      const at::Tensor fast = one.tile.clone();
      const at::Tensor slow = one.tile.clone();
      double sum = 0;
      for (std::int64_t i = 0; i < kRows; ++i) {
        for (std::int64_t j = 0; j < kColumns; ++j) {
          const bool grouped =
              one.part.row_group.defined() && one.part.row_group[i].item<int>() == one.part.column_group[j].item<int>();
          if (!grouped || (one.part.own_stays && j == i + one.part.own_column))
            sum += std::log1p(std::exp(one.tile[i][j].item<double>() + bias));
        }
      }
      CHECK(softplus_sum(fast, one.part, bias) == doctest::Approx(sum).epsilon(2e-6));
      CHECK(tile_operators::softplus_sum(slow, one.part, bias) == doctest::Approx(sum).epsilon(2e-5));
      const double fast_weight = weigh_sigmoid(fast, one.part, bias, 0.7);
      const double slow_weight = tile_operators::weigh_sigmoid(slow, one.part, bias, 0.7);
      same(fast, slow);
      CHECK(fast_weight == doctest::Approx(slow_weight).epsilon(2e-6));
    });
  }
}
