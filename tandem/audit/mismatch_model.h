// Separates wrong pairs from right ones without any label. Captions assigned to other pictures are
// wrong by construction; the data's own pairs are right except for an unknown share. A logistic
// model of the evidence and that share are fitted together by expectation maximisation (Dempster et
// al. 1977), as in learning from positive and unlabelled examples (Elkan & Noto 2008, KDD).
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace tandem {

struct MismatchModel {
  std::vector<double> weights;  ///< [E] of the evidence in units of its deviation; positive: indicates a mismatch
  double wrong_share = 0;       ///< the estimated share of wrong pairs among the data's own
  at::Tensor log_odds;          ///< [M] float64, that an own pair is wrong; suspects are in descending order
};

/// log_odds = logit(wrong_share) + log p(evidence | mismatch) / p(evidence | match), where that
/// ratio is linear in the evidence. NaN marks missing evidence, which has no influence.
/// Deterministic.
///
///   own         [M, E]  float64: evidence of the data's pairs
///   mismatched  [R, E]  of pairs that are certainly wrong
///
/// Throws c10::ValueError if widths differ, a side is empty or a value is infinite.
MismatchModel fit_mismatch_model(const at::Tensor& own, const at::Tensor& mismatched);

}  // namespace tandem
