// Losses without their B x B matrices. Each equals its plain twin (info_nce.h, nt_xent.h,
// multi_positive_info_nce.h, dcl.h, siglip.h), which says what it means and throws alike. Beyond
// the gradients, memory is options.kept_bytes, a tile and vectors of B, whatever B is; label
// smoothing and shared positives take a few [B, D] more.
//
// Values and gradients without encoders in the graph, for gradient caching: make leaves of detached
// rows, and go back from the loss;
//     const at::Tensor image = rows.detach().requires_grad_();    // text and log_scale, bias likewise
//     streaming_info_nce({.image = image, ...}).backward();       // image.grad() is the rows' gradient, to be given to
//     the encoder
// That costs nothing beyond the gradients themselves.
//
// The targets of soft_target.h are matrices of the frozen features' own similarities, wider than D;
// it and the hinges have no such twin.
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
