// Statistics of the training features. They are stored in the head and scale features before any
// learned layer.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/heads/head_options.h"

namespace tandem {

/// Exactly one of deviation and whitening is defined.
struct FeatureStatistics {
  at::Tensor mean;       ///< [F]
  at::Tensor deviation;  ///< [F], positive; 1 for columns that hardly vary
  at::Tensor whitening;  ///< [F, F]: a row of features is multiplied by it on the right
};

/// The columns that hardly vary, [F] bool: relative to their own mean, or with less than a
/// thousandth of the median deviation in their view. If many columns of a view are that small, they
/// are taken for those of another encoder, because encoders differ in scale by more than that, and
/// are compared with each other. Dividing such columns by their deviation would turn rounding
/// errors into signal. And if a network's norm has switched a column off (as in MiniLM's last
/// norm), the first fine-tuning step would change it far too much.
///
///   mean, deviation  [F]
///   view_widths      as in HeadOptions
///
/// Throws c10::ValueError if the views do not fill F columns.
at::Tensor hardly_moving(const at::Tensor& mean, const at::Tensor& deviation,
                         const std::vector<std::int64_t>& view_widths = {});

/// The number of columns that hardly vary, to which measure_features gives deviation 1; 0 if
/// features are whitened. Throws c10::ValueError as measure_features does.
std::int64_t unscaled_columns(const at::Tensor& features, const HeadOptions& options);

/// The statistics that options.scaling needs. Columns of pooled tokens have the statistics of the
/// items' mean tokens, the same for every token; the output of untrained pooling then has mean 0
/// and deviation 1 like all other columns.
///
/// For pca and zca with shrinkage s, the covariance is C = (1 - s) S + s mean(diag S) I. With C = V
/// diag(l) V^T, the whitening is V diag(l)^-1/2 (pca) or V diag(l)^-1/2 V^T (zca); directions
/// without any variance are left out. With several views, each view is first divided by the square
/// root of its mean variance, and S is the covariance of the result; the whitening includes this
/// division.
///
///   features  [N, F]  N at least 1
///
/// Throws c10::ValueError if N is 0, a value is not finite or the views do not fill F columns.
FeatureStatistics measure_features(const at::Tensor& features, const HeadOptions& options = {});

/// Features scaled for the head's first layer, [N, F].
at::Tensor scaled(const FeatureStatistics& statistics, const at::Tensor& features);

}  // namespace tandem
