// The sigmoid loss of SigLIP (Zhai et al. 2023, arXiv:2303.15343, section 3.2).
#pragma once

#include "tandem/losses/similarity_batch.h"

namespace tandem {

/// Asks of every pair of rows "do these belong together?". Other rows that show the same picture
/// are left out.
///
///   bias  []  added to every logit; SigLIP begins at -10
///
/// Returns the sum of the log losses divided by the batch's size, a scalar. Differentiable in
/// image, text, log_scale and bias. Takes O(B * B) memory.
/// Throws c10::ValueError as check_batch does, and if bias is not a scalar.
at::Tensor siglip(const PairBatch& batch, const at::Tensor& bias);

}  // namespace tandem
