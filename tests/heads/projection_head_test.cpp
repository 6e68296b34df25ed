#include "tandem/heads/projection_head.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Generator chance(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

FeatureStatistics plain_statistics(std::int64_t width) {
  return {.mean = at::zeros({width}), .deviation = at::ones({width}), .whitening = {}};
}

const HeadOptions kSmallMlp = {.embedding_width = 4, .hidden_width = 6, .blocks = 2};
const HeadOptions kSmallLinear = {.kind = HeadKind::kLinear, .embedding_width = 3};

void check_gradients(HeadOptions options) {
  CAPTURE(head_name(options.kind));
  options.dropout = 0.4;
  const ProjectionHead head(options, plain_statistics(6), chance(2));
  const at::Tensor features = at::randn({6, 6}, chance(3));
  const at::Tensor direction = at::randn({6, 4}, chance(6));
  for (const at::Tensor& parameter : head.parameters())
    parameter.detach().add_(at::randn(parameter.sizes(), chance(7)), 0.3);
  const auto answer = [&] { return (head.embed(features, RowChance{.seed = 4}) * direction).sum(); };
  answer().backward();
  for (const at::Tensor& parameter : head.parameters()) {
    at::Tensor flat = parameter.detach().view({-1});
    const double step = 3e-3;
    const double gradient = parameter.grad().reshape({-1})[0].item<double>();
    const float before = flat[0].item<float>();
    flat[0] = before + step;
    const double above = answer().item<double>();
    flat[0] = before - step;
    const double below = answer().item<double>();
    flat[0] = before;
    CHECK(gradient == doctest::Approx((above - below) / (2 * step)).epsilon(0.02).scale(1));
  }
}

}  // namespace

TEST_CASE("a linear head equals its definition") {
  const FeatureStatistics statistics = {
      .mean = at::tensor({1.0F, -2.0F}), .deviation = at::tensor({2.0F, 0.5F}), .whitening = {}};
  const ProjectionHead head(kSmallLinear, statistics, chance(1));
  const at::Tensor weight = head.parameters()[0];
  const at::Tensor out = head.embed(at::tensor({3.0F, -1.0F}).reshape({1, 2}));
  double expected[3];
  double norm = 0;
  for (int i = 0; i < 3; ++i) {
    expected[i] = weight[i][0].item<double>() * (3 - 1) / 2.0 + weight[i][1].item<double>() * (-1 + 2) / 0.5;
    norm += expected[i] * expected[i];
  }
  for (int i = 0; i < 3; ++i)
    CHECK(out[0][i].item<double>() == doctest::Approx(expected[i] / std::sqrt(norm)).epsilon(1e-5));
}

TEST_CASE("a residual MLP head equals the same network in torch nn") {
  const SafetensorsFile file = SafetensorsFile::open(tests::reference_dir() / "heads" / "residual_mlp.safetensors");
  NamedTensors tensors;
  for (const auto& [name, entry] : file.entries()) {
    if (name.starts_with("head.")) tensors.emplace_back(name.substr(5), file.tensor(name));
  }
  const ProjectionHead head(kSmallMlp, tensors);
  CHECK(at::allclose(head.embed(file.tensor("input")), file.tensor("output"), 1e-5, 1e-6));
}

TEST_CASE("embeddings have unit length and embed_all gives the same rows") {
  const ProjectionHead head(kSmallMlp, plain_statistics(5), chance(2));
  const at::Tensor features = at::randn({5003, 5}, chance(3));
  const at::Tensor embedded = embed_all(head, features);
  CHECK(at::allclose(embedded.norm(2, {1}), at::ones({5003})));
  CHECK(at::allclose(embedded, head.embed(features), 1e-5, 1e-6));
  CHECK(!embedded.requires_grad());
}

TEST_CASE("chance is the seed that was passed in and nothing else") {
  const ProjectionHead head(kSmallMlp, plain_statistics(5), chance(2));
  const ProjectionHead twin(kSmallMlp, plain_statistics(5), chance(2));
  const at::Tensor features = at::randn({8, 5}, chance(3));
  CHECK(at::equal(head.embed(features), twin.embed(features)));
  CHECK(at::equal(head.embed(features, RowChance{.seed = 4}), twin.embed(features, RowChance{.seed = 4})));
  CHECK(!at::equal(head.embed(features, RowChance{.seed = 4}), head.embed(features, RowChance{.seed = 5})));
  CHECK(!at::equal(head.embed(features, RowChance{.seed = 4}), head.embed(features)));
}

TEST_CASE("the gradients of every head equal finite differences") {
  const HeadOptions glu = {.kind = HeadKind::kGlu, .embedding_width = 4, .hidden_width = 6};
  const HeadOptions pooled = {.embedding_width = 4,
                              .hidden_width = 6,
                              .pooling = ViewPooling::kAttention,
                              .pooled = {{.begin = 0, .count = 2, .width = 3}}};
  HeadOptions ranked = pooled;
  ranked.pooling = ViewPooling::kGpo;
  // One column that stays, then tokens, some of which are none.
  HeadOptions tokens = pooled;
  tokens.pooled = {{.begin = 1, .count = 2, .width = 2, .tokens = true}};
  tokens.queries = 3;
  for (HeadOptions options : {kSmallMlp, glu, pooled, ranked, tokens}) check_gradients(options);
}

TEST_CASE("a head pools the tokens there are, scaled alike, and keeps other columns") {
  // Two columns, then three tokens of two columns; the second item has one token, the third two.
  at::Tensor features = at::randn({3, 8}, chance(3));
  features.slice(0, 1, 2).slice(1, 4).zero_();
  features.slice(0, 2, 3).slice(1, 6).zero_();
  HeadOptions options = {.kind = HeadKind::kLinear,
                         .embedding_width = 3,
                         .pooling = ViewPooling::kAttention,
                         .pooled = {{.begin = 2, .count = 3, .width = 2, .tokens = true}}};
  for (const ViewPooling pooling : {ViewPooling::kAttention, ViewPooling::kGpo}) {
    options.pooling = pooling;
    const FeatureStatistics statistics = measure_features(features, options);
    const ProjectionHead head(options, statistics, chance(2));
    CHECK(head.tensors()[2].first == (pooling == ViewPooling::kAttention ? "pooling0.queries" : "pooling0.ranks"));
    // Fresh pooling is the mean of an item's own tokens.
    at::Tensor means = at::zeros({3, 4});
    for (int item = 0; item < 3; ++item) {
      const int count = item == 0 ? 3 : item;
      for (int column = 0; column < 2; ++column) {
        means[item][column] = (features[item][column] - statistics.mean[column]) / statistics.deviation[column];
        double sum = 0;
        for (int token = 0; token < count; ++token)
          sum += (features[item][2 + 2 * token + column].item<double>() - statistics.mean[2 + column].item<double>()) /
                 statistics.deviation[2 + column].item<double>();
        means[item][2 + column] = sum / count;
      }
    }
    const at::Tensor out = at::matmul(means, head.parameters()[1].t());
    CHECK(at::allclose(head.embed(features), out / out.norm(2, {1}, true), 1e-4, 1e-5));
    CHECK(at::equal(ProjectionHead(options, head.tensors()).embed(features), head.embed(features)));
    // As all features, what fresh pooling gives has mean 0 and deviation 1.
    CHECK(at::allclose(means.mean(at::IntArrayRef{0}), at::zeros({4}), 1e-4, 1e-5));
    CHECK(at::allclose((means * means).mean(at::IntArrayRef{0}), at::ones({4}), 1e-4, 1e-5));
    // What stands behind the last token of every item changes nothing.
    CHECK(at::allclose(head.embed(features.slice(0, 1, 2)), head.embed(features).slice(0, 1, 2), 1e-5, 1e-6));
  }
}

TEST_CASE("several queries begin apart") {
  const HeadOptions options = {.embedding_width = 3,
                               .hidden_width = 4,
                               .pooling = ViewPooling::kAttention,
                               .pooled = {{.begin = 0, .count = 3, .width = 2}},
                               .queries = 2};
  const ProjectionHead head(options, plain_statistics(6), chance(2));
  const at::Tensor queries = head.parameters()[0];
  CHECK(queries.sizes() == at::IntArrayRef({2, 2}));
  CHECK(!at::equal(queries[0], queries[1]));
}

TEST_CASE("a snapshot does not follow later training") {
  const ProjectionHead head(kSmallLinear, plain_statistics(5), chance(2));
  const ProjectionHead kept = head.snapshot();
  const at::Tensor features = at::randn({2, 5}, chance(3));
  const at::Tensor before = kept.embed(features);
  head.parameters()[0].detach().mul_(-1);
  CHECK(at::equal(kept.embed(features), before));
  CHECK(!at::equal(head.embed(features), before));
}

TEST_CASE("a head refuses features of another width and tensors that do not fit") {
  const ProjectionHead head(kSmallMlp, plain_statistics(5), chance(2));
  CHECK_THROWS_WITH_AS(head.embed(at::ones({2, 6})), doctest::Contains("features must be [*, 5], got [2, 6]"),
                       c10::ValueError);
  NamedTensors tensors = head.tensors();
  tensors.pop_back();
  CHECK_THROWS_WITH_AS(ProjectionHead(kSmallMlp, tensors), doctest::Contains("\"norm.bias\""), c10::ValueError);
  tensors = head.tensors();
  tensors[2].second = at::ones({6, 4});
  CHECK_THROWS_WITH_AS(ProjectionHead(kSmallMlp, tensors), doctest::Contains("in.weight must be [6, 5], got [6, 4]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(ProjectionHead({.dropout = 1.0}, plain_statistics(5), chance(1)), doctest::Contains("dropout"),
                       c10::ValueError);
}

TEST_CASE("a whitening head scales by the matrix that travels with it") {
  const at::Tensor features = at::randn({40, 5}, chance(3));
  const HeadOptions options = {.kind = HeadKind::kLinear, .embedding_width = 3, .scaling = FeatureScaling::kZca};
  const ProjectionHead head(options, measure_features(features, options), chance(2));
  CHECK(head.tensors()[1].first == "whitening");
  CHECK(head.parameters().size() == 2);
  const at::Tensor out = at::matmul(scaled(measure_features(features, options), features), head.parameters()[0].t());
  CHECK(at::allclose(head.embed(features), out / out.norm(2, {1}, true), 1e-5, 1e-6));
  CHECK(at::equal(ProjectionHead(options, head.tensors()).embed(features), head.embed(features)));
}

TEST_CASE("training embeds the same with and without the fast paths") {
  HeadOptions options = kSmallMlp;
  options.dropout = 0.4;
  const ProjectionHead head(options, plain_statistics(5), chance(2));
  const at::Tensor features = at::randn({8, 5}, chance(3));
  // Features that want gradients take the plain operators for the input.
  CHECK(at::allclose(head.embed(features, RowChance{.seed = 4}),
                     head.embed(features.detach().clone().requires_grad_(), RowChance{.seed = 4}), 1e-5, 1e-6));
}

TEST_CASE("in bf16 training embeds nearly the same, with nearly the same gradients, and all else the very same") {
  for (const HeadKind kind : {HeadKind::kLinear, HeadKind::kMlp, HeadKind::kGlu}) {
    CAPTURE(head_name(kind));
    HeadOptions options = {.kind = kind,
                           .embedding_width = 32,
                           .hidden_width = 48,
                           .blocks = kind == HeadKind::kMlp ? 1 : 0,
                           .dropout = 0.3,
                           .feature_noise = 0.2};
    const ProjectionHead exact(options, plain_statistics(40), chance(5));
    options.bf16 = true;
    const ProjectionHead rounded(options, plain_statistics(40), chance(5));
    const at::Tensor features = at::randn({24, 40}, chance(6));
    const at::Tensor direction = at::randn({24, 32}, chance(7));
    CHECK(at::equal(exact.embed(features), rounded.embed(features)));
    const at::Tensor a = exact.embed(features, RowChance{.seed = 3});
    const at::Tensor b = rounded.embed(features, RowChance{.seed = 3});
    CHECK(!at::equal(a, b));
    CHECK((a * b).sum(1).min().item<double>() > 0.999);
    (a * direction).sum().backward();
    (b * direction).sum().backward();
    for (std::size_t p = 0; p < exact.parameters().size(); ++p) {
      const at::Tensor g = exact.parameters()[p].grad().flatten();
      const at::Tensor h = rounded.parameters()[p].grad().flatten();
      if (g.norm().item<double>() == 0) continue;
      CHECK(((g * h).sum() / (g.norm() * h.norm())).item<double>() > 0.99);
      CHECK((h.scalar_type() == at::kFloat));
    }
  }
}

TEST_CASE("choices that do not go together are refused in words") {
  const auto refused = [](const HeadOptions& options, const char* words) {
    CHECK_THROWS_WITH_AS(ProjectionHead(options, plain_statistics(5), chance(1)), doctest::Contains(words),
                         c10::ValueError);
  };
  refused({.kind = HeadKind::kGlu, .blocks = 1}, "residual blocks are the mlp's");
  refused(
      {.scaling = FeatureScaling::kPca, .pooling = ViewPooling::kGpo, .pooled = {{.begin = 0, .count = 2, .width = 2}}},
      "pooling needs the views apart");
  refused({.pooling = ViewPooling::kGpo}, "gpo pools some columns, got none");
  refused({.pooled = {{.begin = 0, .count = 2, .width = 2}}}, "concatenate pools no columns, got some");
  refused({.pooling = ViewPooling::kGpo,
           .pooled = {{.begin = 0, .count = 2, .width = 2}, {.begin = 3, .count = 1, .width = 1}}},
          "one behind the other");
  refused({.pooling = ViewPooling::kGpo, .pooled = {{.begin = 0, .count = 2, .width = 3}}},
          "2 times 3 columns from column 0 were needed, got 5 in all");
}

TEST_CASE("a number of blocks or queries that would only fill the memory is refused before tensors are listed") {
  const auto refused = [](const HeadOptions& options, const char* words) {
    CHECK_THROWS_WITH_AS(ProjectionHead(options, NamedTensors{}), doctest::Contains(words), c10::ValueError);
  };
  refused({.blocks = std::int64_t{1} << 60}, "blocks must be at most 1000, got 1152921504606846976");
  refused({.pooling = ViewPooling::kAttention,
           .pooled = {{.begin = 0, .count = 2, .width = 2}},
           .queries = std::int64_t{1} << 62},
          "queries must be from 1 to 65536");
}

TEST_CASE("a head has its tensors in one order, whatever order they came in") {
  const ProjectionHead head(kSmallMlp, plain_statistics(5), chance(2));
  const NamedTensors backwards(head.tensors().rbegin(), head.tensors().rend());
  const ProjectionHead again(kSmallMlp, backwards);
  for (std::size_t i = 0; i < head.tensors().size(); ++i) CHECK(again.tensors()[i].first == head.tensors()[i].first);
}
