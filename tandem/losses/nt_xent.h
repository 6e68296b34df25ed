// NT-Xent, the loss of SimCLR (Chen et al. 2020, arXiv:2002.05709, eq. 1), with a picture and its
// caption as the two views.
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

/// Each of the 2 B items must choose its partner among all other items, of the other modality and
/// of its own. Items of other rows that show the same picture are not candidates. Returns the mean
/// cross-entropy over the 2 B items: log(2 B - 1) if all embeddings are equal. Differentiable in
/// image, text and log_scale. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does.
at::Tensor nt_xent(const PairBatch& batch);

}  // namespace tandem
