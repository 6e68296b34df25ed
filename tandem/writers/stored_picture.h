// A picture as the bytes of a file of its own.
#pragma once

#include <cstdint>
#include <string>

#include "tandem/images/picture_source.h"

namespace tandem {

struct StoredPicture {
  std::string bytes;
  std::string ending;  ///< "jpg", "png" or "webp"
};

/// The very bytes of a JPEG, PNG or WebP. What is none of them (SVG, CIFAR's planes) becomes a PNG
/// of the same pixels. With `shorter_side` above 0 the picture is decoded, and if its shorter side
/// is longer it is resized to that (Lanczos, upright, keeping its aspect ratio) and becomes a JPEG
/// of quality 95, or a PNG if it was no JPEG and no WebP. Nothing is enlarged.
/// Throws FileError if the source cannot be read, is no picture, or (with a shorter side) is
/// damaged.
StoredPicture stored_picture(const PictureSource& source, std::int64_t shorter_side = 0);

}  // namespace tandem
