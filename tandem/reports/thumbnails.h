// Small pictures inside pages.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/figures/atlas_page.h"
#include "tandem/images/picture_source.h"

namespace tandem {

/// For every picture a "data:image/jpeg;base64,..." URI of the picture, its longer side `side`
/// pixels; empty for a picture that can no longer be read. Works on all cores.
std::vector<std::string> thumbnail_uris(const std::vector<PictureSource>& pictures, std::int64_t side,
                                        const Progress& progress = {});

/// Pixels a side of a thumbnail on a sheet: 144 for up to 4,000 pictures, then less, so that all
/// thumbnails of a page stay below 30 MB.
std::int64_t sheet_thumbnail_side(std::int64_t pictures);

/// Thumbnails for the atlas, sheet_thumbnail_side pixels a side at most. Pictures that are near
/// each other on the map are mostly on one sheet. A picture that can no longer be read has no
/// place. Works on all cores.
///
///   points  [N, 2]  where the map has the pictures; at least one
AtlasThumbnails thumbnail_sheets(const std::vector<PictureSource>& pictures, const at::Tensor& points,
                                 const Progress& progress = {});

}  // namespace tandem
