// The rank of the right candidate among all candidates, for every query in both directions: the
// basis of every retrieval metric. The protocol is the usual one for several captions per picture
// (Karpathy & Fei-Fei 2015, arXiv:1412.2306, section 4.2): a picture's rank is that of its
// best-placed caption; every caption has its own rank.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

/// Similarities closer than this are a tie, and a tie counts as a miss: a model that maps
/// everything to one point gets the worst possible ranks, not the best. The margin covers the
/// rounding of products of unit rows in fp32. Similarities that are compared come from matrix
/// products of one shape, so that equal rows tie whatever the precision in which the process
/// multiplies float32.
inline constexpr double kTieMargin = 1e-6;

struct RetrievalRanks {
  std::vector<std::int64_t>
      image_to_text;  ///< [N]: 1 + number of captions of other pictures at least as near as the best own one
  std::vector<std::int64_t> text_to_image;  ///< [M]: 1 + number of other pictures at least as near as the own one
  /// [N] AP@R of a picture's list of captions (Musgrave et al. 2020, arXiv:2003.08505, section
  /// 3.2), where R is the number of its own captions: the mean over r = 1 ... R of (right ones
  /// among the first r) / r if place r is right, and 0 if it is wrong. A caption has one picture,
  /// so AP@R of its list is 1 at rank 1 and 0 otherwise.
  std::vector<double> image_precision;
  std::vector<double> image_ndcg;  ///< [N] nDCG@10 of the same lists (list_quality.h); empty: not known
  // [M] the same of the captions' lists. Empty: every caption has one right picture, so they follow from its rank.
  std::vector<double> text_precision, text_ndcg;
};

/// Candidates that are right for no query; they make the gallery larger.
struct Distractors {
  at::Tensor image;  ///< [N', D] float32, rows of unit length; undefined: none
  at::Tensor text;   ///< [M', D]
};

/// Ranks every caption for every picture and the reverse. Each similarity is computed once, in
/// tiles that are used while they are in the cache.
///
///   image          [N, D]  float32, rows of unit length
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M]     int64: the row of `image` that the caption describes; every picture has
///                          a caption
///   progress       counts bands of pictures, from one thread at a time
///
/// Runs on LibTorch's intra-op threads. Extra memory per thread is one tile (1.5 MB) and M counts,
/// whatever N is.
/// Throws c10::ValueError if shapes or types differ, a value is not finite, or a picture has no
/// caption.
RetrievalRanks retrieval_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                               const Distractors& others = {}, const Progress& progress = {});

}  // namespace tandem
