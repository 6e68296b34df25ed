// Puts every caption in the place of a caption of another picture, to show what wrong pairs look
// like in this data.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// A permutation of the captions, drawn from `seed`, after which no caption is with its own
/// picture.
///
///   image_of_text  [M] int64
///
/// Returns [M] int64, the caption at each place. Throws c10::ValueError if one picture has more
/// than half of all captions, because no such permutation exists then.
at::Tensor mismatched_captions(const at::Tensor& image_of_text, std::uint64_t seed);

}  // namespace tandem
