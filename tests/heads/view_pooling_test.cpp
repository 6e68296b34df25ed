#include "tandem/heads/view_pooling.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace tandem;

namespace {

at::Tensor drawn(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

}  // namespace

TEST_CASE("both poolings begin as the mean over views") {
  const at::Tensor views = drawn({5, 3, 4}, 1);
  const at::Tensor mean = views.mean({1});
  CHECK(at::allclose(attention_pooled(views, at::zeros({1, 4})), mean, 1e-5, 1e-6));
  CHECK(at::allclose(rank_pooled(views, at::zeros({3})), mean, 1e-5, 1e-6));
}

TEST_CASE("attention over views equals its definition") {
  const at::Tensor views = drawn({2, 3, 4}, 1);
  const at::Tensor query = drawn({4}, 2);
  const at::Tensor pooled = attention_pooled(views, query.unsqueeze(0));
  for (int b = 0; b < 2; ++b) {
    std::vector<double> weights;
    double sum = 0;
    for (int v = 0; v < 3; ++v) {
      double dot = 0;
      for (int w = 0; w < 4; ++w) dot += views[b][v][w].item<double>() * query[w].item<double>();
      weights.push_back(std::exp(dot / 2));
      sum += weights.back();
    }
    for (int w = 0; w < 4; ++w) {
      double expected = 0;
      for (int v = 0; v < 3; ++v) expected += weights[v] / sum * views[b][v][w].item<double>();
      CHECK(pooled[b][w].item<double>() == doctest::Approx(expected).epsilon(1e-5));
    }
  }
}

TEST_CASE("views that are not there have no part in either pooling, nor in gradients") {
  const at::Tensor whole = drawn({2, 3, 4}, 1);
  const at::Tensor mask = at::tensor({1, 1, 0, 1, 1, 1}).reshape({2, 3}).to(at::kBool);
  const at::Tensor queries = drawn({2, 4}, 2);
  const at::Tensor ranks = drawn({3}, 3);
  at::Tensor views = whole.clone();
  views[0][2].fill_(1e6);
  views.requires_grad_();
  const at::Tensor attended = attention_pooled(views, queries, mask);
  const at::Tensor ranked = rank_pooled(views, ranks, mask);
  CHECK(at::allclose(attended[0], attention_pooled(whole.slice(0, 0, 1).slice(1, 0, 2), queries)[0], 1e-5, 1e-6));
  CHECK(at::allclose(attended[1], attention_pooled(whole.slice(0, 1, 2), queries)[0], 1e-5, 1e-6));
  CHECK(at::allclose(ranked[0], rank_pooled(whole.slice(0, 0, 1).slice(1, 0, 2), ranks)[0], 1e-5, 1e-6));
  CHECK(at::allclose(ranked[1], rank_pooled(whole.slice(0, 1, 2), ranks)[0], 1e-5, 1e-6));
  (attended.sum() + ranked.sum()).backward();
  CHECK(views.grad()[0][2].abs().max().item<double>() == 0);
  CHECK(views.grad().isfinite().all().item<bool>());
}

TEST_CASE("several queries give their means side by side") {
  const at::Tensor views = drawn({5, 3, 4}, 1);
  const at::Tensor queries = drawn({2, 4}, 2);
  const at::Tensor pooled = attention_pooled(views, queries);
  CHECK(at::allclose(pooled.slice(1, 0, 4), attention_pooled(views, queries.slice(0, 0, 1)), 1e-5, 1e-6));
  CHECK(at::allclose(pooled.slice(1, 4), attention_pooled(views, queries.slice(0, 1)), 1e-5, 1e-6));
}

TEST_CASE("tokens that are all zeros are none, but for a row without any") {
  const at::Tensor features = at::tensor({9.0F, 1.0F, 0.0F, 0.0F, 0.0F, 9.0F, 0.0F, 0.0F, 0.0F, 0.0F}).reshape({2, 5});
  const PooledColumns columns = {.begin = 1, .count = 2, .width = 2, .tokens = true};
  CHECK(at::equal(token_mask(features, columns), at::tensor({1, 0, 1, 0}).reshape({2, 2}).to(at::kBool)));
  CHECK(at::equal(with_tokens_averaged(features, {columns}),
                  at::tensor({9.0F, 1.0F, 0.0F, 9.0F, 0.0F, 0.0F}).reshape({2, 3})));
  CHECK(at::equal(with_tokens_averaged(features, {{.begin = 0, .count = 5, .width = 1}}), features));
}

TEST_CASE("pooling by rank weights sorted values and can be the maximum") {
  const at::Tensor views = drawn({2, 3, 4}, 1);
  const at::Tensor ranks = at::tensor({0.5F, -1.0F, 0.25F});
  const at::Tensor pooled = rank_pooled(views, ranks);
  const double sum = std::exp(0.5) + std::exp(-1.0) + std::exp(0.25);
  for (int b = 0; b < 2; ++b) {
    for (int w = 0; w < 4; ++w) {
      std::vector<double> values;
      for (int v = 0; v < 3; ++v) values.push_back(views[b][v][w].item<double>());
      std::sort(values.rbegin(), values.rend());
      CHECK(pooled[b][w].item<double>() ==
            doctest::Approx((std::exp(0.5) * values[0] + std::exp(-1.0) * values[1] + std::exp(0.25) * values[2]) / sum)
                .epsilon(1e-5));
    }
  }
  CHECK(at::allclose(rank_pooled(views, at::tensor({50.0F, 0.0F, 0.0F})), std::get<0>(views.max(1)), 1e-5, 1e-6));
}
