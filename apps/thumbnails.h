// Small pictures inside pages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/images/picture_source.h"

namespace tandem::apps {

/// For every picture a "data:image/jpeg;base64,..." URI of the picture, its longer side `side` pixels; empty for a picture
/// that can no longer be read. Works on all cores.
std::vector<std::string> thumbnail_uris(const std::vector<PictureSource>& pictures, std::int64_t side, const Progress& progress = {});

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace tandem::apps
