// The triplet losses of visual-semantic embeddings: the sum over all negatives (Kiros et al. 2014,
// arXiv:1411.2539) and only the hardest negative (VSE++, Faghri et al. 2018, arXiv:1707.05612, eq.
// 5 and 6).
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

enum class HingeOver { kAllNegatives, kHardestNegative };

/// max(0, margin + similarity to the negative - similarity to the own partner), in cosine
/// similarity, summed over all negatives or for the hardest one, both directions added, as a mean
/// over rows. log_scale has no effect. Other rows that show the same picture are no negatives.
/// Differentiable in image and text. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does, and if the margin is not positive.
at::Tensor hinge(const PairBatch& batch, double margin, HingeOver over);

}  // namespace tandem
