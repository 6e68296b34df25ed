#include "tandem/heads/projection_head.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Generator chance(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

FeatureStatistics plain_statistics(std::int64_t width) { return {.mean = at::zeros({width}), .deviation = at::ones({width})}; }

constexpr HeadOptions kSmallMlp = {.embedding_width = 4, .hidden_width = 6, .blocks = 2};
constexpr HeadOptions kSmallLinear = {.kind = HeadKind::kLinear, .embedding_width = 3};

}  // namespace

TEST_CASE("a linear head equals its definition") {
  const FeatureStatistics statistics = {.mean = at::tensor({1.0F, -2.0F}), .deviation = at::tensor({2.0F, 0.5F})};
  const ProjectionHead head(kSmallLinear, statistics, chance(1));
  const at::Tensor weight = head.parameters()[0];
  const at::Tensor out = head.embed(at::tensor({3.0F, -1.0F}).reshape({1, 2}));
  double expected[3];
  double norm = 0;
  for (int i = 0; i < 3; ++i) {
    expected[i] = weight[i][0].item<double>() * (3 - 1) / 2.0 + weight[i][1].item<double>() * (-1 + 2) / 0.5;
    norm += expected[i] * expected[i];
  }
  for (int i = 0; i < 3; ++i) CHECK(out[0][i].item<double>() == doctest::Approx(expected[i] / std::sqrt(norm)).epsilon(1e-5));
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

TEST_CASE("statistics equal the definition and a column that never varies gets deviation one") {
  const at::Tensor features = at::tensor({1.0F, 7.0F, 3.0F, 7.0F, 8.0F, 7.0F}).reshape({3, 2});
  const FeatureStatistics statistics = measure_features(features);
  CHECK(statistics.mean[0].item<double>() == doctest::Approx(4));
  CHECK(statistics.deviation[0].item<double>() == doctest::Approx(std::sqrt((9 + 1 + 16) / 3.0)));
  CHECK(statistics.mean[1].item<double>() == doctest::Approx(7));
  CHECK(statistics.deviation[1].item<double>() == 1);
}

TEST_CASE("chance is the generator that was passed in and nothing else") {
  const ProjectionHead head(kSmallMlp, plain_statistics(5), chance(2));
  const ProjectionHead twin(kSmallMlp, plain_statistics(5), chance(2));
  const at::Tensor features = at::randn({8, 5}, chance(3));
  CHECK(at::equal(head.embed(features), twin.embed(features)));
  CHECK(at::equal(head.embed(features, chance(4)), twin.embed(features, chance(4))));
  CHECK(!at::equal(head.embed(features, chance(4)), head.embed(features, chance(5))));
  CHECK(!at::equal(head.embed(features, chance(4)), head.embed(features)));
}

TEST_CASE("the gradients of a head equal finite differences") {
  HeadOptions options = kSmallMlp;
  options.dropout = 0.4;
  const ProjectionHead head(options, plain_statistics(5), chance(2));
  const at::Tensor features = at::randn({6, 5}, chance(3)), direction = at::randn({6, 4}, chance(6));
  for (const at::Tensor& parameter : head.parameters()) parameter.detach().add_(at::randn(parameter.sizes(), chance(7)), 0.3);
  const auto answer = [&] { return (head.embed(features, chance(4)) * direction).sum(); };
  answer().backward();
  for (const at::Tensor& parameter : head.parameters()) {
    at::Tensor flat = parameter.detach().view({-1});
    const double step = 3e-3, gradient = parameter.grad().reshape({-1})[0].item<double>();
    const float before = flat[0].item<float>();
    flat[0] = before + step;
    const double above = answer().item<double>();
    flat[0] = before - step;
    const double below = answer().item<double>();
    flat[0] = before;
    CHECK(gradient == doctest::Approx((above - below) / (2 * step)).epsilon(0.02).scale(1));
  }
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
  CHECK_THROWS_WITH_AS(head.embed(at::ones({2, 6})), doctest::Contains("features must be [*, 5], got [2, 6]"), c10::ValueError);
  NamedTensors tensors = head.tensors();
  tensors.pop_back();
  CHECK_THROWS_WITH_AS(ProjectionHead(kSmallMlp, tensors), doctest::Contains("\"norm.bias\""), c10::ValueError);
  tensors = head.tensors();
  tensors[2].second = at::ones({6, 4});
  CHECK_THROWS_WITH_AS(ProjectionHead(kSmallMlp, tensors), doctest::Contains("in.weight must be [6, 5], got [6, 4]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(ProjectionHead({.dropout = 1.0}, plain_statistics(5), chance(1)), doctest::Contains("dropout"), c10::ValueError);
}

TEST_CASE("statistics of features with NaN are refused by row") {
  at::Tensor features = at::ones({3, 2});
  features[1][0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(measure_features(features), doctest::Contains("in row 1"), c10::ValueError);
}
