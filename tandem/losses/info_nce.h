// InfoNCE over both directions, as CLIP trains with it (van den Oord et al. 2018, arXiv:1807.03748, eq. 4; Radford et al.
// 2021, arXiv:2103.00020, figure 3).
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Asks of every picture "which of these captions is yours?" and of every caption "which of these pictures?".
/// Row i of both sides is a pair. Other rows that show the same picture are left out of the choice: they are true too, and
/// must not be pushed away.
///
///   image      [B, D]  rows of unit length
///   text       [B, D]  rows of unit length; row i describes image i
///   log_scale  []      natural log of the factor on cosine similarity (the inverse temperature)
///   image_id   [B]     int64; rows with equal ids are captions of one picture
///
/// Returns the mean cross-entropy of the two directions, a scalar: log B for embeddings that tell nothing apart.
/// Differentiable in image, text and log_scale. Takes O(B * B) memory.
/// Throws c10::ValueError if the shapes differ, or B is 0.
at::Tensor info_nce(const at::Tensor& image, const at::Tensor& text, const at::Tensor& log_scale,
                    const at::Tensor& image_id);

}  // namespace tandem
