// A 64-bit hash that is similar for pictures that look the same, however they were resized or
// compressed (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010,
// section 3.2.1: the hash by discrete cosine transform).
#pragma once

#include <cstdint>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// The picture in grey at 32 x 32 is transformed by a DCT-II. Each of the 8 x 8 coefficients of
/// frequencies 1 to 8 in both directions, row by row, gives one bit: whether it is above their
/// median. The first coefficient is the highest bit. Brightness (frequency 0) has no influence;
/// mirrored pictures differ. For a picture of one colour the bits mean nothing.
/// Throws c10::ValueError if the picture is empty.
std::uint64_t perceptual_hash(const RgbImage& image);

}  // namespace tandem
