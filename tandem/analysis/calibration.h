// Whether the softmax over a gallery gives the right confidence: expected calibration error and the
// data of a reliability diagram (Naeini et al. 2015, AAAI; Guo et al. 2017, arXiv:1706.04599,
// section 2).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

struct ReliabilityBin {
  std::int64_t queries = 0;
  double confidence = 0;  ///< mean probability of the nearest candidate
  double accuracy = 0;    ///< share of queries whose nearest candidate is the right one
};

struct Calibration {
  double error = 0;       ///< mean over the queries of their bin's |accuracy - confidence|
  double confidence = 0;  ///< mean over all queries; above the accuracy if the model is overconfident
  double accuracy = 0;
  std::vector<ReliabilityBin> bins;  ///< bin b has confidences in (b / bins, (b + 1) / bins]
};

/// The calibration of the nearest candidate. The probability of a candidate is softmax(scale *
/// similarity) over the gallery.
///
///   query    [Q, D]  float32
///   gallery  [N, D]  float32
///   right    [Q] int64: the one right candidate; of equal similarities a wrong one counts as
///            nearest
///   scale    the logit scale, above 0
///   bins     number of confidence bins
///
/// Computed in tiles. Throws c10::ValueError if shapes differ, a side is empty, a value is not
/// finite, a row is out of range, scale <= 0 or bins < 1.
Calibration softmax_calibration(const at::Tensor& query, const at::Tensor& gallery, const at::Tensor& right,
                                double scale, std::int64_t bins = 15);

}  // namespace tandem
