// Corrections for hubs. All three known ones rank the candidates of a query by
//
//   similarity(query, candidate) - bias(candidate)
//
// up to a term that is the same for all candidates of the query. The bias comes from a bank of
// queries that the candidate should not be close to:
//
//   NNN               strength * mean of its k largest similarities to the bank (Chowdhury et al.
//                     2024, arXiv:2410.24114)
//   CSLS              half the mean of its k largest similarities (Conneau et al. 2018,
//                     arXiv:1710.04087, section 2.3, divided by 2; the query's own mean does not
//                     change the order of its candidates): NNN with the strength 1/2
//   inverted softmax  log(sum of exp(strength * similarity) over the bank) / strength (Smith et al.
//                     2017, arXiv:1702.03859)
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

enum class CorrectionMethod { kNnn, kCsls, kInvertedSoftmax };

/// "nnn", "csls", "inverted-softmax".
std::string_view correction_name(CorrectionMethod method);
std::optional<CorrectionMethod> correction_named(std::string_view name);
std::vector<CorrectionMethod> all_corrections();

struct HubCorrection {
  CorrectionMethod method = CorrectionMethod::kNnn;
  std::int64_t k = 16;     ///< NNN, CSLS: number of similarities in the mean; at most the size of the bank
  double strength = 0.75;  ///< NNN: alpha; inverted softmax: the inverse temperature; CSLS ignores it: always 1/2
};

/// The bias of every candidate, [N] float32.
///
///   gallery  [N, D]  float32, the candidates
///   bank     [B, D]  float32, queries of the other side; with those of the training split, the
///                    correction is inductive
///
/// Similarities are computed in tiles. Throws c10::ValueError if widths differ, a side is empty, a
/// value is not finite, k < 1, or the strength of the inverted softmax is not above 0.
at::Tensor hub_bias(const at::Tensor& gallery, const at::Tensor& bank, const HubCorrection& correction);

/// Embeddings whose dot products are corrected similarities in both directions at once. They have
/// two more columns, so that image'[i] . text'[j] = image[i] . text[j] - image_bias[i] -
/// text_bias[j]. The query's own bias is the same for all its candidates and does not change their
/// order. Rows are no longer of unit length.
struct BiasedEmbeddings {
  at::Tensor image;  ///< [N, D + 2]
  at::Tensor text;   ///< [M, D + 2]
};

///   image, text  [N, D], [M, D]  float32
///   image_bias   [N]  from hub_bias with a bank of captions
///   text_bias    [M]  from hub_bias with a bank of pictures
BiasedEmbeddings with_biases(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_bias,
                             const at::Tensor& text_bias);

/// One correction per direction; k and strength may differ.
struct CorrectionPair {
  HubCorrection image;  ///< of pictures as candidates, for text to image
  HubCorrection text;   ///< of captions as candidates, for image to text
};

/// The data that corrections are chosen on: a split with its pairs, and the queries of another
/// split as banks.
struct CorrectionChoice {
  at::Tensor image;          ///< [N, D]
  at::Tensor text;           ///< [M, D]
  at::Tensor image_of_text;  ///< [M] int64
  at::Tensor image_bank;     ///< [B, D] pictures
  at::Tensor text_bank;      ///< [C, D] captions
};

/// The combination with the best mean of recall@1, 5 and 10, chosen for each direction separately;
/// the first of equal ones. The choices are k in 1, 2, 4, ... 128 and alpha in 1/4, 1/2, ... 3/2
/// (NNN), the same k (CSLS), or strengths 5 to 100 (inverted softmax). `progress` counts the
/// combinations.
/// Throws c10::ValueError as hub_bias and retrieval_ranks do.
CorrectionPair choose_correction(const CorrectionChoice& on, CorrectionMethod method, const Progress& progress = {});

}  // namespace tandem
