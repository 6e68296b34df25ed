// What features are made from, as fingerprints: how a later call knows which finished work is still
// its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/features/feature_manifest.h"

namespace tandem {

/// Pictures, image encoders and their views. Pictures count by id, size and time of change; reading
/// all their bytes would make "nothing to do" slow. Splits are not in it: moving a picture to
/// another split encodes nothing again.
std::string image_plan(const CaptionSet& data, const std::vector<EncoderRecord>& image_encoders,
                       std::int64_t images_per_shard);

/// Captions in their order, text encoders and their views.
std::string text_plan(const std::vector<std::string>& captions, const std::vector<EncoderRecord>& text_encoders,
                      std::int64_t captions_per_shard);

/// Rows of a shard that is asked to have `rows`, fewer where features of this width would take more
/// than 256 MiB of memory.
std::int64_t bounded_rows(std::int64_t rows, std::int64_t width);

}  // namespace tandem
