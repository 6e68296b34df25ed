#include "tandem/heads/feature_statistics.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/logical_or.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/median.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/shape_check.h"
#include "tandem/heads/column_moments.h"
#include "tandem/heads/view_pooling.h"

namespace tandem {
namespace {

constexpr double kLittle = 1e-3;  ///< share of the median deviation below which a column hardly varies

/// [F, F] float64, some thousand rows at a time. `mean` is float64.
at::Tensor covariance(const at::Tensor& features, const at::Tensor& mean) {
  constexpr std::int64_t kRowsAtOnce = 4096;
  at::Tensor sum = at::zeros({mean.size(0), mean.size(0)}, mean.options());
  for (std::int64_t begin = 0; begin < features.size(0); begin += kRowsAtOnce) {
    const at::Tensor rows =
        features.narrow(0, begin, std::min(kRowsAtOnce, features.size(0) - begin)).to(at::kDouble) - mean;
    sum.addmm_(rows.t(), rows);
  }
  return sum / features.size(0);
}

/// Calls work(begin, count) for the columns of every view, or once for all columns if no view
/// widths are given.
template <typename Work>
void each_view(std::int64_t columns, const std::vector<std::int64_t>& view_widths, const Work& work) {
  if (view_widths.empty()) {
    work(0, columns);
    return;
  }
  std::int64_t begin = 0;
  for (const std::int64_t width : view_widths) {
    TORCH_CHECK_VALUE(width > 0 && width <= columns - begin, "measure_features: views within ", columns,
                      " columns were needed, got one of ", width, " at column ", begin);
    work(begin, width);
    begin += width;
  }
  TORCH_CHECK_VALUE(begin == columns, "measure_features: views that fill ", columns, " columns were needed, got ",
                    begin);
}

/// Groups of columns whose deviations have one scale. Usually a group is a view. Imported features
/// may hold several encoders in one view; then columns far below the median form a group of their
/// own if they are many. If they are few, a network has switched them off.
std::vector<at::Tensor> scale_groups(const at::Tensor& deviation, const std::vector<std::int64_t>& view_widths) {
  constexpr std::int64_t kFew = 8, kFewOf = 16;
  std::vector<at::Tensor> groups;
  each_view(deviation.size(0), view_widths, [&](std::int64_t begin, std::int64_t width) {
    at::Tensor columns = at::arange(begin, begin + width, deviation.options().dtype(at::kLong));
    while (true) {
      const at::Tensor own = deviation.index_select(0, columns);
      const at::Tensor small = own <= kLittle * at::median(own);
      const auto count = small.sum().item<std::int64_t>();
      if (count < std::max(kFew, width / kFewOf) || count == columns.size(0)) break;
      groups.push_back(columns.masked_select(small.logical_not()));
      columns = columns.masked_select(small);
    }
    groups.push_back(columns);
  });
  return groups;
}

/// [F] float64: the square root of the mean variance of each group, in its columns; 1 if a group
/// has no variance.
at::Tensor levels_of(const at::Tensor& variance, const std::vector<at::Tensor>& groups) {
  at::Tensor levels = at::ones_like(variance);
  for (const at::Tensor& columns : groups) {
    const double mean = variance.index_select(0, columns).mean().item<double>();
    if (mean > 0) levels.index_fill_(0, columns, std::sqrt(mean));
  }
  return levels;
}

/// Groups are first scaled to one level. Otherwise the shrinkage, which uses the mean variance,
/// would dominate groups of small scale.
at::Tensor whitening_of(const at::Tensor& features, const ColumnMoments& moments, const HeadOptions& options) {
  at::Tensor C = covariance(features, moments.mean.to(at::kDouble));
  const std::vector<at::Tensor> groups = scale_groups(moments.deviation, options.view_widths);
  const at::Tensor levels = levels_of(C.diagonal(), groups);
  if (groups.size() > 1) C.div_(at::outer(levels, levels));
  const at::Tensor diagonal = C.diagonal();
  const double level = diagonal.mean().item<double>() * options.shrinkage;
  C.mul_(1 - options.shrinkage);
  C.diagonal().add_(level);
  const auto [values, vectors] = at::linalg_eigh(C);  // rising
  const at::Tensor usable = values > 1e-9 * values.max();
  const at::Tensor factor = at::where(usable, values.clamp_min(1e-300).rsqrt(), at::zeros_like(values));
  const at::Tensor decorrelated = vectors * factor;
  const at::Tensor whitening =
      options.scaling == FeatureScaling::kPca ? at::flip(decorrelated, {1}) : at::matmul(decorrelated, vectors.t());
  return (groups.size() > 1 ? whitening / levels.unsqueeze(1) : whitening).to(at::kFloat).contiguous();
}

/// Mean and deviation of items' mean tokens, in the columns of every token.
void share_among_tokens(const at::Tensor& features, const PooledColumns& columns, at::Tensor& mean,
                        at::Tensor& deviation) {
  constexpr std::int64_t kRowsAtOnce = 4096;
  at::Tensor averages = at::empty({features.size(0), columns.width}, features.options());
  for (std::int64_t begin = 0; begin < features.size(0); begin += kRowsAtOnce) {
    const std::int64_t rows = std::min(kRowsAtOnce, features.size(0) - begin);
    const at::Tensor tokens = features.narrow(0, begin, rows).narrow(1, columns.begin, columns.columns());
    averages.narrow(0, begin, rows)
        .copy_(with_tokens_averaged(tokens,
                                    {{.begin = 0, .count = columns.count, .width = columns.width, .tokens = true}}));
  }
  const ColumnMoments own = column_moments(averages);
  mean.narrow(0, columns.begin, columns.columns()).copy_(own.mean.repeat(columns.count));
  deviation.narrow(0, columns.begin, columns.columns()).copy_(own.deviation.repeat(columns.count));
}

/// Mean and deviation of the features' columns; token columns share theirs.
ColumnMoments moments_of(const at::Tensor& features, const HeadOptions& options) {
  check_shape("measure_features", "features", features, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(features.size(0) > 0, "measure_features: features must have at least one row, got ",
                    shape_text(features));
  check_finite("measure_features", "features", features);
  ColumnMoments moments = column_moments(features);
  for (const PooledColumns& columns : options.pooled) {
    if (columns.tokens) share_among_tokens(features, columns, moments.mean, moments.deviation);
  }
  return moments;
}

}  // namespace

at::Tensor hardly_moving(const at::Tensor& mean, const at::Tensor& deviation,
                         const std::vector<std::int64_t>& view_widths) {
  at::Tensor beside = at::zeros_like(deviation);
  for (const at::Tensor& columns : scale_groups(deviation, view_widths)) {
    beside.index_copy_(0, columns, at::median(deviation.index_select(0, columns)).expand({columns.size(0)}));
  }
  return at::logical_or(deviation <= 1e-6 * (mean.abs() + 1e-3), deviation <= kLittle * beside);
}

std::int64_t unscaled_columns(const at::Tensor& features, const HeadOptions& options) {
  if (options.scaling != FeatureScaling::kStandardise) return 0;
  const ColumnMoments moments = moments_of(features, options);
  return hardly_moving(moments.mean, moments.deviation, options.view_widths).sum().item<std::int64_t>();
}

FeatureStatistics measure_features(const at::Tensor& features, const HeadOptions& options) {
  const ColumnMoments moments = moments_of(features, options);
  const auto& [mean, deviation] = moments;
  if (options.scaling != FeatureScaling::kStandardise)
    return {.mean = mean.contiguous(), .whitening = whitening_of(features, moments, options)};
  return {
      .mean = mean.contiguous(),
      .deviation = at::where(hardly_moving(mean, deviation, options.view_widths), at::ones_like(deviation), deviation)
                       .contiguous()};
}

at::Tensor scaled(const FeatureStatistics& statistics, const at::Tensor& features) {
  const at::Tensor centred = features - statistics.mean;
  return statistics.whitening.defined() ? at::matmul(centred, statistics.whitening) : centred / statistics.deviation;
}

}  // namespace tandem
