// Where the right candidates stand among all candidates, for every query, both ways: what every
// retrieval metric is made of. The protocol is the usual one for several captions a picture
// (Karpathy & Fei-Fei 2015, arXiv:1412.2306, section 4.2): a picture's rank is that of its
// best-placed caption; every caption has a rank of its own.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

/// Similarities nearer than this are a tie, and ties count against us: a model that maps everything
/// to one point gets the worst ranks there are, not the best. The margin is the rounding of sums of
/// unit rows' products in fp32. Similarities that are compared come from matrix products of one
/// shape, so that equal rows tie in whatever precision the process multiplies float32.
inline constexpr double kTieMargin = 1e-6;

struct RetrievalRanks {
  std::vector<std::int64_t>
      image_to_text;  ///< [N]: 1 + captions of other pictures at least as near as the best own one
  std::vector<std::int64_t> text_to_image;  ///< [M]: 1 + other pictures at least as near as the own one
  /// [N] AP@R of a picture's list of captions (Musgrave et al. 2020, arXiv:2003.08505, section
  /// 3.2), R being its own captions: the mean over r = 1 ... R of (right ones among the first r) /
  /// r where place r is right, and 0 where it is wrong. A caption has one picture, so that of its
  /// list is 1 at rank 1 and 0 elsewhere.
  std::vector<double> image_precision;
};

/// Candidates that are right for no query: galleries larger than what is asked for.
struct Distractors {
  at::Tensor image;  ///< [N', D] float32, rows of unit length; undefined: none
  at::Tensor text;   ///< [M', D]
};

/// Ranks every caption for every picture and back, all similarities computed once, in tiles, each
/// tile looked at while it is in the cache.
///
///   image          [N, D]  float32, rows of unit length
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M]     int64: the row of `image` that caption describes; every picture has a
///                          caption
///   progress       bands of pictures done, from one thread at a time
///
/// Runs on LibTorch's intra-op threads; extra memory is a tile (1.5 MB) and M counts a thread,
/// whatever N is.
/// Throws c10::ValueError if shapes or types differ, a value is not finite, or a picture has no
/// caption.
RetrievalRanks retrieval_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                               const Distractors& others = {}, const Progress& progress = {});

}  // namespace tandem
