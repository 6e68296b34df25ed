// ASIF (Norelli et al. 2022, arXiv:2210.01738): a picture and a caption are near if they are near
// to the same training pairs. Nothing is fitted.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// The nearest training rows of each row, by cosine.
struct NearestAnchors {
  at::Tensor similarity;  ///< [Q, k] float32, falling
  at::Tensor row;         ///< [Q, k] int64
};

///   rows     [Q, F]  float32
///   anchors  [A, F]  float32
///   k        cut to A
/// Throws c10::ValueError if widths differ, a side is empty, or k is below 1.
NearestAnchors nearest_anchors(const at::Tensor& rows, const at::Tensor& anchors, std::int64_t k);

struct AsifOptions {
  std::int64_t k =
      100;  ///< anchors that count: of a caption so many training captions, of a picture so many training pictures
  double power = 4;  ///< of their similarities
};

/// Cosine of relative representations, [M, N] float32: row j holds caption j's similarity to each
/// picture. A representation has an entry for every training pair: the similarity to the k nearest
/// to the power, similarities below 0 counting as 0, and 0 elsewhere. A training picture that is
/// among the nearest is so in all its pairs.
///
///   image, text    nearest training pictures of N pictures, nearest training captions of M
///                  captions; at least options.k each, or all
///   image_of_text  [A] int64, of the training captions
/// Takes O(M N k) time.
at::Tensor asif_similarities(const NearestAnchors& image, const NearestAnchors& text, const at::Tensor& image_of_text,
                             std::int64_t train_images, const AsifOptions& options);

}  // namespace tandem
