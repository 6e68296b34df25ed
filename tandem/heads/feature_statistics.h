// What is measured of the training features, travels inside the head, and scales features before
// anything learned sees them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/heads/head_options.h"

namespace tandem {

/// Either deviation or whitening is defined.
struct FeatureStatistics {
  at::Tensor mean;       ///< [F]
  at::Tensor deviation;  ///< [F], positive; columns that hardly move get 1
  at::Tensor whitening;  ///< [F, F]: a row of features is multiplied by it from the right
};

/// [F] bool: columns that hardly move, for what they are or beside the others of their view (a
/// thousandth of the median deviation). Encoders differ in scale by more than that: where many
/// columns of a view are that small, they are taken for another encoder's, and compared among
/// themselves. Divided by their deviation they would turn rounding into signal; and where a
/// network's norm has switched a column off (MiniLM's last one has), the first step that fine-tunes
/// it would be a leap.
///
///   mean, deviation  [F]
///   view_widths      as HeadOptions has them
/// Throws c10::ValueError if the views do not fill F columns.
at::Tensor hardly_moving(const at::Tensor& mean, const at::Tensor& deviation,
                         const std::vector<std::int64_t>& view_widths = {});

/// How many columns hardly move, so that measure_features gives them deviation 1; none where
/// features are whitened.
/// Throws c10::ValueError as measure_features does.
std::int64_t unscaled_columns(const at::Tensor& features, const HeadOptions& options);

/// The statistics that the options' scaling needs; columns of pooled tokens have those of items'
/// mean tokens, the same in every token, so that what fresh pooling makes of them has mean 0 and
/// deviation 1 as all else has. For pca and zca, with the covariance C = (1 - s) S + s mean(diag S)
/// I of shrinkage s: C = V diag(l) V^T, V diag(l)^-1/2 and V diag(l)^-1/2 V^T; directions without
/// any variance are left out. Of several views, S is that of the views each divided by the root of
/// its mean variance, which the whitening has in it.
///
///   features  [N, F]  N at least 1
/// Throws c10::ValueError if N is 0, a value is not finite or the views do not fill F columns.
FeatureStatistics measure_features(const at::Tensor& features, const HeadOptions& options = {});

/// Features as the head's first layer takes them.
at::Tensor scaled(const FeatureStatistics& statistics, const at::Tensor& features);

}  // namespace tandem
