// ASIF (Norelli et al. 2022, arXiv:2210.01738): a picture and a caption are similar if they are
// similar to the same training pairs. Nothing is fitted.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// The nearest training rows of each row, by cosine.
struct NearestAnchors {
  at::Tensor similarity;  ///< [Q, k] float32, in descending order
  at::Tensor row;         ///< [Q, k] int64
};

///   rows     [Q, F]  float32
///   anchors  [A, F]  float32
///   k        at most A are returned
///
/// Throws c10::ValueError if widths differ, a side is empty, or k is below 1.
NearestAnchors nearest_anchors(const at::Tensor& rows, const at::Tensor& anchors, std::int64_t k);

struct AsifOptions {
  std::int64_t k = 100;  ///< number of anchors used: training captions for a caption, training pictures for a picture
  double power = 4;      ///< exponent of their similarities
};

/// Cosine similarity of relative representations, [M, N] float32: row j holds caption j's
/// similarity to each picture. A representation has one entry per training pair. For the k nearest
/// anchors the entry is the similarity, or 0 if that is negative, to the power options.power;
/// elsewhere it is 0. If a training picture is among the nearest, it counts in all its pairs.
///
///   image, text    nearest training pictures of N pictures, nearest training captions of M
///                  captions; at least options.k each, or all
///   image_of_text  [A] int64, of the training captions
///   train_images   number of training pictures
///
/// Takes O(M N k) time.
at::Tensor asif_similarities(const NearestAnchors& image, const NearestAnchors& text, const at::Tensor& image_of_text,
                             std::int64_t train_images, const AsifOptions& options);

}  // namespace tandem
