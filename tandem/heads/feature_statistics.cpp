#include "tandem/heads/feature_statistics.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/logical_or.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/median.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/std_mean.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/heads/view_pooling.h"

namespace tandem {
namespace {

/// [F, F] float64, some thousand rows at a time. `mean` is float64.
at::Tensor covariance(const at::Tensor& features, const at::Tensor& mean) {
  constexpr std::int64_t kRowsAtOnce = 4096;
  at::Tensor sum = at::zeros({mean.size(0), mean.size(0)}, mean.options());
  for (std::int64_t begin = 0; begin < features.size(0); begin += kRowsAtOnce) {
    const at::Tensor rows = features.narrow(0, begin, std::min(kRowsAtOnce, features.size(0) - begin)).to(at::kDouble) - mean;
    sum.addmm_(rows.t(), rows);
  }
  return sum / features.size(0);
}

at::Tensor whitening_of(const at::Tensor& features, const at::Tensor& mean, const HeadOptions& options) {
  at::Tensor C = covariance(features, mean.to(at::kDouble));
  const at::Tensor diagonal = C.diagonal();
  const double level = diagonal.mean().item<double>() * options.shrinkage;
  C.mul_(1 - options.shrinkage);
  C.diagonal().add_(level);
  const auto [values, vectors] = at::linalg_eigh(C);  // rising
  const at::Tensor usable = values > 1e-9 * values.max();
  const at::Tensor factor = at::where(usable, values.clamp_min(1e-300).rsqrt(), at::zeros_like(values));
  const at::Tensor decorrelated = vectors * factor;
  const at::Tensor whitening = options.scaling == FeatureScaling::kPca ? at::flip(decorrelated, {1}) : at::matmul(decorrelated, vectors.t());
  return whitening.to(at::kFloat).contiguous();
}

/// Mean and deviation of items' mean tokens, in the columns of every token.
void share_among_tokens(const at::Tensor& features, const PooledColumns& columns, at::Tensor& mean, at::Tensor& deviation) {
  constexpr std::int64_t kRowsAtOnce = 4096;
  at::Tensor averages = at::empty({features.size(0), columns.width}, features.options());
  for (std::int64_t begin = 0; begin < features.size(0); begin += kRowsAtOnce) {
    const std::int64_t rows = std::min(kRowsAtOnce, features.size(0) - begin);
    const at::Tensor tokens = features.narrow(0, begin, rows).narrow(1, columns.begin, columns.columns());
    averages.narrow(0, begin, rows).copy_(with_tokens_averaged(tokens, {{.begin = 0, .count = columns.count, .width = columns.width, .tokens = true}}));
  }
  const auto [own_deviation, own_mean] = at::std_mean(averages, at::IntArrayRef{0}, /*unbiased=*/false);
  mean.narrow(0, columns.begin, columns.columns()).copy_(own_mean.repeat(columns.count));
  deviation.narrow(0, columns.begin, columns.columns()).copy_(own_deviation.repeat(columns.count));
}

}  // namespace

at::Tensor hardly_moving(const at::Tensor& mean, const at::Tensor& deviation) {
  return at::logical_or(deviation <= 1e-6 * (mean.abs() + 1e-3), deviation <= 1e-3 * at::median(deviation));
}

FeatureStatistics measure_features(const at::Tensor& features, const HeadOptions& options) {
  check_shape("measure_features", "features", features, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(features.size(0) > 0, "measure_features: features must have at least one row, got ", shape_text(features));
  check_finite("measure_features", "features", features);
  auto [deviation, mean] = at::std_mean(features, at::IntArrayRef{0}, /*unbiased=*/false);
  for (const PooledColumns& columns : options.pooled) {
    if (columns.tokens) share_among_tokens(features, columns, mean, deviation);
  }
  if (options.scaling != FeatureScaling::kStandardise) return {.mean = mean.contiguous(), .whitening = whitening_of(features, mean, options)};
  return {.mean = mean.contiguous(), .deviation = at::where(hardly_moving(mean, deviation), at::ones_like(deviation), deviation).contiguous()};
}

at::Tensor scaled(const FeatureStatistics& statistics, const at::Tensor& features) {
  const at::Tensor centred = features - statistics.mean;
  return statistics.whitening.defined() ? at::matmul(centred, statistics.whitening) : centred / statistics.deviation;
}

}  // namespace tandem
