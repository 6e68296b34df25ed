// Similarities of true pairs beside those of all other pairs of a picture and a caption: how far
// apart the two are.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

struct SimilaritySummary {
  std::int64_t pairs = 0;
  double mean = 0;
  double deviation = 0;  ///< of the population
  double least = 0;
  double largest = 0;
  std::vector<std::int64_t> histogram;  ///< pairs a bin; bins of equal width from -1 to 1, the last with its right edge
};

struct PairSimilarities {
  SimilaritySummary aligned;     ///< every caption with its own picture
  SimilaritySummary misaligned;  ///< every caption with every other picture
  double overlap = 0;            ///< area that the two histograms share where each has area 1: 0 apart, 1 equal
  double auc = 0;  ///< probability that a true pair is nearer than another one, ties half: area under the ROC curve
};

/// All N * M similarities, in tiles; numbers are exact but for the overlap, which depends on the
/// bins.
///
///   image          [N, D]  float32, rows of unit length; N at least 2
///   text           [M, D]
///   image_of_text  [M] int64, rows of `image`
///
/// Throws c10::ValueError if shapes differ, a value is not finite, there is no other pair, a
/// partner is out of range or bins < 1.
PairSimilarities pair_similarities(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                   std::int64_t bins = 100);

}  // namespace tandem
