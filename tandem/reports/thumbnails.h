// Thumbnails that are stored inside HTML pages.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/figures/atlas_page.h"
#include "tandem/images/picture_source.h"

namespace tandem {

/// One small JPEG file per picture, whose longer side is `side` pixels; empty for a picture that can
/// no longer be read. Uses all cores. `progress` counts pictures.
std::vector<std::string> thumbnail_jpegs(const std::vector<PictureSource>& pictures, std::int64_t side,
                                         const Progress& progress = {});

/// One "data:image/jpeg;base64,..." URI per picture, whose longer side is `side` pixels; an empty
/// string for a picture that can no longer be read. Uses all cores. `progress` counts pictures.
std::vector<std::string> thumbnail_uris(const std::vector<PictureSource>& pictures, std::int64_t side,
                                        const Progress& progress = {});

/// The longer side of the pictures of a page that shows `pictures` of them, in pixels: 448 for up to
/// 160 pictures, so that they can be enlarged, smaller for more, and at least 112.
std::int64_t page_thumbnail_side(std::int64_t pictures);

/// The longer side of a thumbnail on a sheet, in pixels: 144 for up to 4,000 pictures, smaller for
/// more, so that all thumbnails of a page together stay below 30 MB.
std::int64_t sheet_thumbnail_side(std::int64_t pictures);

/// Thumbnails for the atlas on JPEG sheets. Their longer side is sheet_thumbnail_side pixels.
/// Pictures that are near each other on the map are mostly on the same sheet. A picture that can no
/// longer be read has no place on a sheet. Uses all cores. `progress` counts pictures.
///
///   points  [N, 2]  positions of the pictures on the map; N at least 1
AtlasThumbnails thumbnail_sheets(const std::vector<PictureSource>& pictures, const at::Tensor& points,
                                 const Progress& progress = {});

}  // namespace tandem
