#include "tandem/nn/pre_norm_layer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/silu.h>
#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("a gated feed-forward multiplies the activated half with the other") {
  const at::Tensor in = at::randn({12, 5});
  const at::Tensor in_bias = at::randn({12});
  const at::Tensor out = at::randn({5, 6});
  const at::Tensor out_bias = at::randn({5});
  const at::Tensor x = at::randn({2, 3, 5});
  const at::Tensor wide = at::linear(x, in, in_bias);
  const at::Tensor expected = at::linear(at::silu(wide.narrow(2, 0, 6)) * wide.narrow(2, 6, 6), out, out_bias);
  const FeedForward gated({in, in_bias}, {out, out_bias}, activation_named("silu"), Gate::kFirstHalf);
  CHECK(at::allclose(gated(x), expected, 1e-5, 1e-5));
  CHECK(at::allclose(gated.plus(x, x), expected + x, 1e-5, 1e-5));
}

TEST_CASE("a pre-norm layer normalises before each half and adds what came in") {
  constexpr std::int64_t D = 6;
  const LayerNorm first(at::randn({D}), at::randn({D}), 1e-5), second(at::randn({D}), at::randn({D}), 1e-5);
  const Attention attention({at::randn({3 * D, D}), at::randn({3 * D})}, {at::randn({D, D}), at::randn({D})}, 2);
  const at::Tensor in = at::randn({9, D});
  const at::Tensor in_bias = at::randn({9});
  const at::Tensor out = at::randn({D, 9});
  const at::Tensor out_bias = at::randn({D});
  const PreNormLayer layer{.attention_norm = first,
                           .attention = attention,
                           .feed_forward_norm = second,
                           .feed_forward = {{in, in_bias}, {out, out_bias}, activation_named("gelu")}};
  const at::Tensor x = at::randn({2, 4, D});
  const at::Tensor bias = at::randn({1, 1, 4, 4});
  const at::Tensor y = x + attention(first(x), bias);
  const at::Tensor expected = y + at::linear(at::gelu(at::linear(second(y), in, in_bias)), out, out_bias);
  CHECK(at::allclose(layer(x, bias), expected, 1e-5, 1e-5));
  CHECK(!at::allclose(layer(x), expected, 1e-5, 1e-5));
}
