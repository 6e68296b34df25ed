// The triplet losses of visual-semantic embeddings: the sum over all negatives (Kiros et al. 2014,
// arXiv:1411.2539) and the hardest one alone (VSE++, Faghri et al. 2018, arXiv:1707.05612, eq. 5
// and 6).
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

enum class HingeOver { kAllNegatives, kHardestNegative };

/// How far negatives come within `margin` of the own partner's cosine similarity, both directions
/// added, a mean over rows. log_scale plays no part. Other rows that show the same picture are no
/// negatives. Differentiable in image and text. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does, and if the margin is not positive.
at::Tensor hinge(const PairBatch& batch, double margin, HingeOver over);

}  // namespace tandem
