// Features as closed forms take them.
#pragma once

#include "tandem/closed_form/paired_axes.h"
#include "tandem/features/feature_store.h"

namespace tandem {

/// Tokens among the features of `manifest` stand as their mean.
CaptionedRows captioned_rows(const PairedFeatures& pairs, const FeatureManifest& manifest);

}  // namespace tandem
