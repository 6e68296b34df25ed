// The input of every contrastive loss: a batch of pairs in the shared space.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Row i of both sides is a pair. Other rows that show the same picture are true pairs too; no loss
/// treats them as negatives.
struct PairBatch {
  at::Tensor image;      ///< [B, D] rows of unit length
  at::Tensor text;       ///< [B, D] rows of unit length; row i describes image i
  at::Tensor log_scale;  ///< []     natural log of the factor on cosine similarity (the inverse temperature)
  at::Tensor image_id;   ///< [B]    int64; rows with equal ids are captions of one picture
};

/// Throws c10::ValueError naming `loss` and the field if shapes do not fit or B is 0.
void check_batch(const char* loss, const PairBatch& batch);

/// exp(log_scale) image text^T, [B, B].
at::Tensor scaled_similarities(const PairBatch& batch);

/// [B, B] bool: whether rows i and j show one picture; the diagonal included.
at::Tensor same_picture(const PairBatch& batch);

/// The same without the diagonal: candidates that are left out.
at::Tensor other_caption_of_own(const PairBatch& batch);

/// [B, B]: the logits with -infinity where `mask` is true.
at::Tensor without(const at::Tensor& logits, const at::Tensor& mask);

}  // namespace tandem
