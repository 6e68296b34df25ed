// Fingerprints of what features are made from. By them a later call recognises its own finished
// work.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/features/feature_manifest.h"

namespace tandem {

/// Of pictures, image encoders and their views. Pictures count by id, size and time of change,
/// because reading all their bytes would make "nothing to do" slow. Splits do not count: moving a
/// picture to another split causes no new encoding.
std::string image_plan(const CaptionSet& data, const std::vector<EncoderRecord>& image_encoders,
                       std::int64_t images_per_shard);

/// Of one picture: where its bytes are, their number and the time of change. Opens no picture.
std::string picture_key(const PictureSource& picture);

/// Of captions in their order, text encoders and their views.
std::string text_plan(const std::vector<std::string>& captions, const std::vector<EncoderRecord>& text_encoders,
                      std::int64_t captions_per_shard);

/// The number of rows of a shard: `rows`, or fewer if features of this width would take more than
/// 256 MiB of memory.
std::int64_t bounded_rows(std::int64_t rows, std::int64_t width);

}  // namespace tandem
