// Similarities of true pairs and of all other pairs of a picture and a caption: how far apart the
// two distributions are.
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
  std::vector<std::int64_t> histogram;  ///< pairs per bin; bins of equal width from -1 to 1; 1 is in the last bin
};

struct PairSimilarities {
  SimilaritySummary aligned;     ///< every caption with its own picture
  SimilaritySummary misaligned;  ///< every caption with every other picture
  double overlap = 0;            ///< area shared by the two histograms, each of area 1: 0 separate, 1 equal
  double auc = 0;  ///< probability that a true pair is nearer than another, ties half: area under the ROC curve
};

/// Statistics of all N * M similarities, computed in tiles. All numbers are exact except the
/// overlap, which depends on the bins.
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
