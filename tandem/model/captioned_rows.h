// Features in the form that the closed-form solvers take.
#pragma once

#include "tandem/closed_form/paired_axes.h"
#include "tandem/features/feature_store.h"

namespace tandem {

/// The features and pairs of `pairs` with the widths of their views. Columns that `manifest`
/// records as tokens are replaced by the mean of the tokens.
///
///   pairs     image [N, Fi], text [M, Ft], image_of_text [M]
///   manifest  of the store that `pairs` comes from
CaptionedRows captioned_rows(const PairedFeatures& pairs, const FeatureManifest& manifest);

}  // namespace tandem
