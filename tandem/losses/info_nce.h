// InfoNCE over both directions, as CLIP trains with it (van den Oord et al. 2018, arXiv:1807.03748,
// eq. 4; Radford et al. 2021, arXiv:2103.00020, figure 3).
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

/// Asks of every picture "which of these captions is yours?" and of every caption "which of these
/// pictures is yours?". Other rows that show the same picture are not candidates.
///
///   label_smoothing  in [0, 1): share of the target spread evenly over all candidates, the own one
///                    included (Szegedy et al. 2016, arXiv:1512.00567, section 7)
///
/// Returns the mean cross-entropy of the two directions, a scalar: log B if all embeddings are
/// equal. Differentiable in image, text and log_scale. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does, and if label_smoothing is out of range.
at::Tensor info_nce(const PairBatch& batch, double label_smoothing = 0);

}  // namespace tandem
