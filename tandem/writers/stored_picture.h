// A picture as the bytes of its own file.
#pragma once

#include <cstdint>
#include <string>

#include "tandem/images/picture_source.h"

namespace tandem {

struct StoredPicture {
  std::string bytes;
  std::string ending;  ///< as picture_ending names it: "jpg", "png", "tif"; never "svg"
};

/// The unchanged bytes of a picture file. Anything else (SVG, CIFAR's planes) becomes a PNG with the same pixels. With
/// `shorter_side` above 0 the picture is decoded. If its shorter side is then longer than `shorter_side` pixels, the
/// picture is resized to that (Lanczos, upright, with its aspect ratio kept) and stored as a JPEG of quality 95 if it
/// was a JPEG, WebP, HEIC or AVIF, or else as a PNG. Pictures are never enlarged. Throws FileError if the source cannot
/// be read, is not a picture, or (with a shorter side) is damaged.
StoredPicture stored_picture(const PictureSource& source, std::int64_t shorter_side = 0);

}  // namespace tandem
