// Every caption at the place of a caption of another picture: what wrong pairs of this very data
// look like.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// A permutation of the captions after which none stands with its own picture, drawn from `seed`.
///
///   image_of_text  [M] int64
///
/// Returns [M] int64, the caption at each place.
/// Throws c10::ValueError if one picture has more than half of all captions, for then there is
/// none.
at::Tensor mismatched_captions(const at::Tensor& image_of_text, std::uint64_t seed);

}  // namespace tandem
