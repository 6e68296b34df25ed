// Ranks that count every picture with the caption of the query as right, for data in which many
// pictures share a caption.
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/base/progress.h"
#include "tandem/retrieval/ranks.h"
#include "tandem/retrieval/right_answers.h"

namespace tandem {

/// As retrieval_ranks, but a query has all the right answers of `right`, and its rank is that of the
/// best of them: 1 + number of wrong candidates at least as near. Ties count against us in the same
/// way. Fills text_precision and text_ndcg too, because a caption may have several right pictures.
///
///   image     [N, D]  float32
///   text      [M, D]  float32
///   right     of the same pictures, captions and distractors
///   progress  counts blocks of queries, from one thread at a time
///
/// Each query's similarities are computed once, in one product, and never sorted as a whole. Memory
/// per thread is 16 MB or one row of similarities.
/// Throws c10::ValueError if shapes or types differ or a value is not finite.
RetrievalRanks caption_ranks(const at::Tensor& image, const at::Tensor& text, const RightAnswers& right,
                             const Distractors& others = {}, const Progress& progress = {});

}  // namespace tandem
