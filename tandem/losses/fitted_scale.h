// The temperature of embeddings that are as they are: what training learns beside its heads, for
// those that were not trained.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// The factor on cosine similarity, from 1 to `largest`, under which InfoNCE (info_nce.h) is least,
/// to 0.1%: every picture with its first caption, at most 4,096 pictures, evenly spread. The loss
/// is convex in the factor, so that the golden section (Kiefer 1953) finds it.
///
///   image          [N, D]  rows of unit length
///   text           [M, D]  likewise
///   image_of_text  [M]     int64; pictures without captions are left out
/// Throws c10::ValueError as check_batch does, and if no picture has a caption or largest is not
/// above 1.
double fitted_logit_scale(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                          double largest = 100);

}  // namespace tandem
