// One view of an encoder's states: pooled, or the tokens themselves as columns.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "tandem/features/views.h"

namespace tandem {

/// A view of captions.
///
///   states  [B, T, W]
///   mask    [B, T]     true for a token
///
/// Returns [B, W]; or [B, tokens * W] for a view of tokens: the first ones (begin and end marks
/// count), and zeros if a caption has fewer. Throws c10::ValueError as pool does.
at::Tensor view_of_tokens(const at::Tensor& states, const at::Tensor& mask, const View& view);

/// A view of pictures, whose first `leading` tokens are not patches.
///
///   states  [B, leading + P, W]
///
/// Returns [B, W]; or [B, tokens * W] for a view of tokens: the patches row by row, averaged to a
/// coarser grid if there are more (adaptive average pooling).
/// Throws c10::ValueError if the patches form no square grid or one with fewer cells, and as
/// pool_patches does.
at::Tensor view_of_patches(const at::Tensor& states, std::int64_t leading, const View& view);

}  // namespace tandem
