// 64 bits that pictures of the same look share, however they were resized or compressed (Zauner,
// "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1: the
// hash by discrete cosine transform).
#pragma once

#include <cstdint>

#include "tandem/images/rgb_image.h"

namespace tandem {

/// The picture in grey at 32 x 32, transformed by a DCT-II; of the 8 x 8 coefficients of
/// frequencies 1 to 8 both ways, in rows, a bit each: is it above their median? The first
/// coefficient is the highest bit. Brightness (frequency 0) is not in it, mirrored pictures differ.
/// On a picture of one colour the bits mean nothing.
/// Throws c10::ValueError if the picture is empty.
std::uint64_t perceptual_hash(const RgbImage& image);

}  // namespace tandem
