// The joint map as one self-contained page: pan, zoom, search, and picture and caption at the pointer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/joint_map.h"
#include "tandem/figures/page_picture.h"

namespace tandem {

/// Writes the page. It needs no network: points, captions and thumbnails travel inside it.
///
///   pictures  one for each row of map.image_points
///   captions  one for each row of map.text_points; any text, shown as text and never as markup
///
/// Throws c10::ValueError as draw_joint_map does, or if counts differ or a thumbnail is not a data:image/
/// URI; FileError if `out` does not end in .html or cannot be written.
void write_joint_map_page(const std::filesystem::path& out, const JointMap& map,
                          const std::vector<PagePicture>& pictures, const std::vector<std::string>& captions);

}  // namespace tandem
