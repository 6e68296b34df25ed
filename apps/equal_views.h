// How many views of one width lie side by side in a store's features: what learned pooling pools.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tandem/features/feature_manifest.h"

namespace tandem::apps {

/// Views of all encoders of a side together. Throws FileError naming `features` if they are not all of one width; the layers of a
/// convolutional network differ in width.
std::int64_t equal_views(const std::vector<EncoderRecord>& encoders, const std::filesystem::path& features);

}  // namespace tandem::apps
