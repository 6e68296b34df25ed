// InfoNCE with every caption of a picture as its positive (Khosla et al. 2020, arXiv:2004.11362,
// eq. 2, across modalities).
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

/// Each picture's target is shared evenly among the captions in the batch that describe it, and
/// each caption's among the rows that show its picture. All rows are candidates. Without shared
/// pictures it equals info_nce. Returns the mean cross-entropy of the two directions.
/// Differentiable in image, text and log_scale. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does.
at::Tensor multi_positive_info_nce(const PairBatch& batch);

}  // namespace tandem
