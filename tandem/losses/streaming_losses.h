// Losses without their B x B matrices. Each has the value, the meaning and the exceptions of its
// plain twin (info_nce.h, nt_xent.h, multi_positive_info_nce.h, dcl.h, siglip.h). Apart from the
// gradients, memory is options.kept_bytes, one tile and vectors of B, whatever B is; label
// smoothing and shared positives take a few [B, D] more.
//
// For gradient caching, compute values and gradients without encoders in the graph: make leaves of
// detached rows, and run backward from the loss. This costs nothing beyond the gradients
// themselves.
//
//     const at::Tensor image = rows.detach().requires_grad_();  // text, log_scale, bias likewise
//     streaming_info_nce({.image = image, ...}).backward();     // image.grad(): the rows' gradient
//
// The soft-target loss and the hinges have no streaming version: the targets of soft_target.h are
// matrices of the frozen features' own similarities, wider than D.
#pragma once

#include "tandem/losses/similarity_batch.h"
#include "tandem/losses/streaming_options.h"

namespace tandem {

at::Tensor streaming_info_nce(const PairBatch& batch, double label_smoothing = 0, const StreamingOptions& options = {});
at::Tensor streaming_nt_xent(const PairBatch& batch, const StreamingOptions& options = {});
at::Tensor streaming_multi_positive_info_nce(const PairBatch& batch, const StreamingOptions& options = {});
at::Tensor streaming_dcl(const PairBatch& batch, const StreamingOptions& options = {});
at::Tensor streaming_siglip(const PairBatch& batch, const at::Tensor& bias, const StreamingOptions& options = {});

}  // namespace tandem
