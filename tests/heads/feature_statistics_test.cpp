#include "tandem/heads/feature_statistics.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

/// Columns that depend on each other, with the last a copy of the first.
at::Tensor entangled(std::int64_t rows) {
  at::Generator chance = at::detail::createCPUGenerator(4);
  at::Tensor features =
      at::matmul(at::randn({rows, 6}, chance, at::TensorOptions()), at::randn({6, 6}, chance, at::TensorOptions())) + 3;
  features.select(1, 5).copy_(features.select(1, 0));
  return features;
}

at::Tensor covariance(const at::Tensor& x) {
  const at::Tensor centred = x - x.mean({0}, true);
  return at::matmul(centred.t(), centred) / x.size(0);
}

}  // namespace

TEST_CASE("statistics equal the definition and a column that never varies gets deviation one") {
  const at::Tensor features = at::tensor({1.0F, 7.0F, 3.0F, 7.0F, 8.0F, 7.0F}).reshape({3, 2});
  const FeatureStatistics statistics = measure_features(features);
  CHECK(statistics.mean[0].item<double>() == doctest::Approx(4));
  CHECK(statistics.deviation[0].item<double>() == doctest::Approx(std::sqrt((9 + 1 + 16) / 3.0)));
  CHECK(statistics.mean[1].item<double>() == doctest::Approx(7));
  CHECK(statistics.deviation[1].item<double>() == 1);
}

TEST_CASE("a column that a network has switched off gets deviation one, however small its values are") {
  at::Generator chance = at::detail::createCPUGenerator(4);
  at::Tensor features = at::randn({50, 7}, chance);
  features.select(1, 2).mul_(2e-9).sub_(1e-7);  // as the last norm of MiniLM leaves one
  features.select(1, 3).mul_(0.05);             // small, but as good as others
  const FeatureStatistics statistics = measure_features(features);
  CHECK(statistics.deviation[2].item<double>() == 1);
  CHECK(statistics.deviation[3].item<double>() == doctest::Approx(features.select(1, 3).std(false).item<double>()));
  CHECK(scaled(statistics, features).select(1, 2).abs().max().item<double>() < 1e-7);
}

TEST_CASE(
    "an encoder of small scale is standardised beside one of large scale, and a column switched off in either is left "
    "out") {
  at::Generator chance = at::detail::createCPUGenerator(4);
  at::Tensor features = at::randn({200, 60}, chance);
  features.narrow(1, 0, 40).mul_(100);
  features.narrow(1, 40, 20).mul_(0.05);
  features.select(1, 7).mul_(1e-4);   // 0.01, beside deviations of 100
  features.select(1, 50).mul_(1e-4);  // 5e-6, beside deviations of 0.05
  const HeadOptions apart{.view_widths = {40, 20}};
  // The columns of an import may be of several encoders without a word: there the small ones are
  // known by their number, and column 7 is one of them.
  for (const HeadOptions& options : {apart, HeadOptions()}) {
    const FeatureStatistics statistics = measure_features(features, options);
    const at::Tensor deviation = scaled(statistics, features).std(0, false);
    for (std::int64_t column = 0; column < 60; ++column) {
      CAPTURE(column);
      if (column == 50 || (column == 7 && !options.view_widths.empty())) {
        CHECK(statistics.deviation[column].item<double>() == 1);
      } else {
        CHECK(deviation[column].item<double>() == doctest::Approx(1).epsilon(1e-4));
      }
    }
    CHECK(unscaled_columns(features, options) == (options.view_widths.empty() ? 1 : 2));
  }
  CHECK(unscaled_columns(features, {.scaling = FeatureScaling::kZca}) == 0);
  CHECK_THROWS_WITH_AS(measure_features(features, {.view_widths = {40, 19}}),
                       doctest::Contains("views that fill 60 columns were needed, got 59"), c10::ValueError);
  CHECK_THROWS_WITH_AS(measure_features(features, {.view_widths = {40, 21}}),
                       doctest::Contains("got one of 21 at column 40"), c10::ValueError);
}

TEST_CASE("whitening does not drown an encoder of small scale") {
  at::Generator chance = at::detail::createCPUGenerator(4);
  at::Tensor features = at::randn({400, 60}, chance);
  features.narrow(1, 0, 40).mul_(100);
  features.narrow(1, 40, 20).mul_(0.05);
  for (const FeatureScaling scaling : {FeatureScaling::kPca, FeatureScaling::kZca}) {
    const at::Tensor white =
        scaled(measure_features(features, {.scaling = scaling, .view_widths = {40, 20}}), features);
    at::Tensor small_alone = features.clone();
    small_alone.narrow(1, 0, 40).zero_();
    const at::Tensor of_small =
        scaled(measure_features(features, {.scaling = scaling, .view_widths = {40, 20}}), small_alone);
    // A third of the columns carry a third of what the head sees.
    const double share = (of_small - of_small.mean({0}, true)).square().sum().item<double>() /
                         (white - white.mean({0}, true)).square().sum().item<double>();
    CHECK(share == doctest::Approx(1.0 / 3).epsilon(0.1));
  }
}

TEST_CASE("statistics of features with NaN are refused by row") {
  at::Tensor features = at::tensor({1.0F, 7.0F, 3.0F, 7.0F, 8.0F, 7.0F}).reshape({3, 2});
  features[1][0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(measure_features(features), doctest::Contains("in row 1"), c10::ValueError);
}

TEST_CASE("whitened features are decorrelated and a direction without variance is left out") {
  const at::Tensor features = entangled(500);
  for (const FeatureScaling scaling : {FeatureScaling::kPca, FeatureScaling::kZca}) {
    const at::Tensor white = scaled(measure_features(features, {.scaling = scaling, .shrinkage = 0}), features);
    CHECK(white.mean({0}).abs().max().item<double>() < 1e-4);
    const at::Tensor values = covariance(white);
    if (scaling == FeatureScaling::kPca) {
      CHECK(at::allclose(values.narrow(0, 0, 5).narrow(1, 0, 5), at::eye(5), 1e-3, 1e-3));
      CHECK(white.select(1, 5).abs().max().item<double>() < 1e-4);
    } else {
      CHECK(at::allclose(white.select(1, 0), white.select(1, 5), 1e-3, 1e-3));  // turned back: copies stay copies
      CHECK(at::allclose(values.narrow(0, 1, 4).narrow(1, 1, 4), at::eye(4), 1e-3, 1e-3));
    }
  }
}

TEST_CASE("full shrinkage only scales everything by the mean variance") {
  const at::Tensor features = entangled(500);
  const at::Tensor white =
      scaled(measure_features(features, {.scaling = FeatureScaling::kZca, .shrinkage = 1}), features);
  const double factor = 1 / std::sqrt(covariance(features).diagonal().mean().item<double>());
  CHECK(at::allclose(white, (features - features.mean({0}, true)) * factor, 1e-3, 1e-4));
}

TEST_CASE("whitening equals scikit-learn's PCA and its definition in NumPy") {
  const SafetensorsFile file = SafetensorsFile::open(tests::reference_dir() / "heads" / "whitening.safetensors");
  const at::Tensor features = file.tensor("features");
  const at::Tensor pca =
      scaled(measure_features(features, {.scaling = FeatureScaling::kPca, .shrinkage = 0}), features);
  CHECK(at::allclose(pca.abs(), file.tensor("pca").abs(), 1e-3, 1e-3));  // the sign of a component is nobody's choice
  const at::Tensor zca =
      scaled(measure_features(features, {.scaling = FeatureScaling::kZca, .shrinkage = 0.2}), features);
  CHECK(at::allclose(zca, file.tensor("zca"), 1e-3, 1e-3));
}

TEST_CASE("tokens share the mean and deviation of items' mean tokens") {
  // One column, then two tokens of one column; the second row has one token.
  const at::Tensor features = at::tensor({5.0F, 1.0F, 3.0F, 7.0F, 8.0F, 0.0F}).reshape({2, 3});
  const FeatureStatistics statistics = measure_features(
      features, {.pooling = ViewPooling::kAttention, .pooled = {{.begin = 1, .count = 2, .width = 1, .tokens = true}}});
  const double mean = (2 + 8) / 2.0;
  const double deviation = 3;
  CHECK(at::allclose(statistics.mean, at::tensor({6.0, mean, mean}).to(at::kFloat)));
  CHECK(at::allclose(statistics.deviation, at::tensor({1.0, deviation, deviation}).to(at::kFloat)));
}
