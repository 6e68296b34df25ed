// GIF through giflib: the first frame.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// Decodes the first frame at its place on the canvas, interlaced or not. The canvas grows where the frame reaches
/// beyond it, as browsers do it. Transparent pixels and those that the frame leaves free are white. Later frames are
/// not looked at.
/// Throws FileError naming `name` if the data up to the end of the first frame is damaged or cut, if there is no frame
/// or no palette, or if the canvas claims more than `max_pixels`.
RgbImage decode_gif(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels);

}  // namespace tandem
