// Sides by content for data that came without splits, found once and then kept by the feature
// store.
#pragma once

#include "tandem/data/caption_set.h"
#include "tandem/features/feature_manifest.h"

namespace tandem::apps {

/// split_by_content with a progress bar, if the set's splits were made; otherwise nothing.
void settle_sides(CaptionSet& set, int threads);

/// The sides an earlier settle_sides gave the pictures of this store, without opening one. False,
/// and nothing is changed, if the store's sides did not come about so.
bool take_sides(CaptionSet& set, const FeatureManifest& store);

}  // namespace tandem::apps
