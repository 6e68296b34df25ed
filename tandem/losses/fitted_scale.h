// The best temperature for given embeddings. Training learns it together with its heads; this is
// for embeddings that were not trained.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// The factor on cosine similarity, from 1 to `largest`, that minimises InfoNCE (info_nce.h), to
/// 0.1%. Uses every picture with its first caption, at most 4,096 pictures, evenly spread. The loss
/// is convex in the factor, so the golden section search (Kiefer 1953) finds it.
///
///   image          [N, D]  rows of unit length
///   text           [M, D]  likewise
///   image_of_text  [M]     int64; pictures without captions are left out
///
/// Throws c10::ValueError as check_batch does, and if no picture has a caption or largest is not
/// above 1.
double fitted_logit_scale(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                          double largest = 100);

}  // namespace tandem
