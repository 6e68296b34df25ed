// Decoupled contrastive learning (Yeh et al. 2022, arXiv:2110.06848, eq. 6): InfoNCE without the
// positive in the denominator.
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

/// Other rows that show the same picture are not candidates; a row without any negative adds
/// nothing. Returns the mean of the two directions, which may be negative. Differentiable in image,
/// text and log_scale. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does.
at::Tensor dcl(const PairBatch& batch);

}  // namespace tandem
