// The softmax losses without their B x B matrices. Each equals its plain twin (info_nce.h, nt_xent.h, multi_positive_info_nce.h,
// dcl.h), which says what it means and throws alike; memory beyond the gradients is a few tiles, whatever B is.
#pragma once

#include "tandem/losses/pair_log_sums.h"
#include "tandem/losses/similarity_batch.h"

namespace tandem {

at::Tensor streaming_info_nce(const PairBatch& batch, double label_smoothing = 0, const StreamingOptions& options = {});
at::Tensor streaming_nt_xent(const PairBatch& batch, const StreamingOptions& options = {});
at::Tensor streaming_multi_positive_info_nce(const PairBatch& batch, const StreamingOptions& options = {});
at::Tensor streaming_dcl(const PairBatch& batch, const StreamingOptions& options = {});

}  // namespace tandem
