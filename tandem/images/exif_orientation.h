// The EXIF orientation tag (CIPA DC-008, tag 0x0112), which tells how the camera was held, and
// turning a picture upright by it.
#pragma once

#include <string_view>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// The orientation, 1 to 8, in a TIFF block (which begins with "II*\0" or "MM\0*", without JPEG's
/// "Exif\0\0" prefix). Returns 1, upright, if the block has no valid tag: metadata never makes a
/// picture unreadable.
int exif_orientation(std::string_view tiff);

/// The picture turned upright.
///
///   1 as it is            5 mirrored along the main diagonal
///   2 mirrored            6 turned 90 degrees clockwise
///   3 turned 180 degrees  7 mirrored along the other diagonal
///   4 flipped             8 turned 90 degrees anticlockwise
///
/// Throws c10::ValueError for another orientation.
RgbImage upright(RgbImage image, int orientation);

}  // namespace tandem
