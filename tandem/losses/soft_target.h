// InfoNCE with soft targets from the frozen encoders: pictures that look alike and captions that
// read alike are not plain negatives (after SoftCLIP, Gao et al. 2023, arXiv:2303.17561, section
// 3.2; distillation as in Hinton et al. 2015, arXiv:1503.02531).
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

struct SoftTargets {
  at::Tensor image_features;  ///< [B, F] rows of unit length, of the frozen image encoder
  at::Tensor text_features;   ///< [B, G] rows of unit length, of the frozen text encoder
  double scale = 20;          ///< factor on their cosine similarities
  double weight = 0.3;        ///< in [0, 1]: share of the soft target; the rest goes to the own partner
};

/// The target of picture i over captions j is (1 - weight) [i = j] + weight softmax_j(scale image_i
/// . image_j); that of caption i over pictures is the same with the captions' features. Other rows
/// that show the same picture are left out of targets and candidates. Returns the mean
/// cross-entropy of the two directions; with weight 0 it equals info_nce. Differentiable in the
/// batch's image, text and log_scale. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does, and if the features do not have B rows or the weight
/// is out of range.
at::Tensor soft_target_info_nce(const PairBatch& batch, const SoftTargets& targets);

}  // namespace tandem
