#include "tandem/encoders/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace tandem;

namespace {

struct Batch {
  at::Tensor states = at::randn({3, 5, 7});
  at::Tensor mask = at::tensor({1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0}).view({3, 5}).to(at::kBool);
};

/// The definition.
at::Tensor pooled_by_loops(const Batch& batch, Pooling pooling) {
  at::Tensor pooled = at::zeros({3, 7});
  auto out = pooled.accessor<float, 2>();
  const auto states = batch.states.accessor<float, 3>();
  const auto mask = batch.mask.accessor<bool, 2>();
  for (int b = 0; b < 3; ++b) {
    for (int d = 0; d < 7; ++d) {
      double sum = 0, largest = -1e30;
      int kept = 0;
      for (int t = 0; t < 5; ++t) {
        if (!mask[b][t]) continue;
        sum += states[b][t][d];
        largest = std::max<double>(largest, states[b][t][d]);
        ++kept;
      }
      if (pooling == Pooling::kLast) {
        for (int t = 0; t < 5; ++t) out[b][d] = mask[b][t] ? states[b][t][d] : out[b][d];
      }
      if (pooling == Pooling::kCls) out[b][d] = states[b][0][d];
      if (pooling == Pooling::kMean) out[b][d] = static_cast<float>(sum / kept);
      if (pooling == Pooling::kMax) out[b][d] = static_cast<float>(largest);
    }
  }
  return pooled;
}

}  // namespace

TEST_CASE("pooling is what its definition says") {
  const Batch batch;
  for (const Pooling pooling : {Pooling::kCls, Pooling::kMean, Pooling::kMax, Pooling::kLast}) {
    CHECK(at::allclose(pool(batch.states, batch.mask, pooling), pooled_by_loops(batch, pooling), 0, 1e-6));
  }
}

TEST_CASE("what stands at padding does not reach the pooled vector even if it is NaN") {
  const Batch batch;
  const at::Tensor spoilt =
      batch.states.masked_fill(batch.mask.logical_not().unsqueeze(2), std::numeric_limits<float>::quiet_NaN());
  for (const Pooling pooling : {Pooling::kCls, Pooling::kMean, Pooling::kMax, Pooling::kLast}) {
    CHECK(pool(spoilt, batch.mask, pooling).equal(pool(batch.states, batch.mask, pooling)));
  }
}

TEST_CASE("a picture is pooled over its patches and not over the tokens before them") {
  for (const std::int64_t leading : {0, 1, 2}) {
    const Batch batch;
    Batch patches{.states = batch.states.narrow(1, leading, 5 - leading),
                  .mask = at::ones({3, 5 - leading}, at::kBool)};
    for (const Pooling pooling : {Pooling::kMean, Pooling::kMax}) {
      CHECK(at::allclose(pool_patches(batch.states, leading, pooling), pool(patches.states, patches.mask, pooling), 0,
                         1e-6));
    }
    if (leading > 0) CHECK(pool_patches(batch.states, leading, Pooling::kCls).equal(batch.states.select(1, 0)));
  }
  CHECK_THROWS_WITH_AS(pool_patches(at::randn({2, 4, 3}), 0, Pooling::kCls),
                       doctest::Contains("pool_patches: needed a class token for cls, got none"), c10::ValueError);
  CHECK_THROWS_WITH_AS(pool_patches(at::randn({2, 4, 3}), 4, Pooling::kMean),
                       doctest::Contains("needed a patch behind 4 leading tokens, got [2, 4, 3]"), c10::ValueError);
}

TEST_CASE("pooling names and their values belong together") {
  for (const Pooling pooling : {Pooling::kCls, Pooling::kMean, Pooling::kMax, Pooling::kLast})
    CHECK(parse_pooling(pooling_name(pooling)) == pooling);
  CHECK(pooling_name(Pooling::kCls) == "cls");
  CHECK(!parse_pooling("median"));
}

TEST_CASE("pool says what does not fit") {
  const Batch batch;
  CHECK_THROWS_WITH_AS(pool(batch.states, batch.mask.narrow(1, 0, 4), Pooling::kMean),
                       doctest::Contains("pool: mask must be [3, 5], got [3, 4]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(pool(batch.states, batch.mask.to(at::kLong), Pooling::kMean),
                       doctest::Contains("pool: mask must be bool, got Long"), c10::ValueError);
  CHECK_THROWS_WITH_AS(pool(batch.states, at::zeros({3, 5}, at::kBool), Pooling::kMax),
                       doctest::Contains("every row of mask must keep a token"), c10::ValueError);
}
