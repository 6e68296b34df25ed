// Features as closed forms take them.
#pragma once

#include "tandem/baselines/paired_axes.h"
#include "tandem/features/feature_store.h"

namespace tandem::apps {

/// Tokens among the features of `manifest` stand as their mean.
CaptionedRows captioned_rows(const PairedFeatures& pairs, const FeatureManifest& manifest);

}  // namespace tandem::apps
