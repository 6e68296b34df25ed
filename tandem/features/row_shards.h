// Rows of one feature store as the shards of another, so that a side whose encoders do not change
// is not encoded again.
#pragma once

#include <cstdint>
#include <filesystem>

#include "tandem/data/caption_set.h"
#include "tandem/features/encode.h"
#include "tandem/features/feature_store.h"

namespace tandem {

/// The store's pictures with their captions, splits and classes. Pictures that were left out of the
/// store are not in the set.
CaptionSet caption_set_of(const FeatureManifest& manifest);

/// Writes the store's picture (or caption) features into `folder` exactly as
/// encode(caption_set_of(store), ...) with encoders of the records would, so that encode() finds
/// them done.
/// Throws FileError if a file cannot be written.
void write_image_shards(const FeatureStore& store, const std::filesystem::path& folder,
                        const EncodeOptions& options = {});
void write_text_shards(const FeatureStore& store, const std::filesystem::path& folder,
                       const EncodeOptions& options = {});

}  // namespace tandem
