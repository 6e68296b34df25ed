#include "tandem/losses/multi_positive_info_nce.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/logsumexp.h>

namespace tandem {

at::Tensor multi_positive_info_nce(const PairBatch& batch) {
  check_batch("multi_positive_info_nce", batch);
  const at::Tensor logits = scaled_similarities(batch);
  const at::Tensor positive = same_picture(batch).to(logits.scalar_type());
  const at::Tensor share = positive / positive.sum(1, true);  // symmetric in what it counts, so columns share alike
  const at::Tensor of_image = at::logsumexp(logits, {1}) - (share * logits).sum(1);
  const at::Tensor of_text = at::logsumexp(logits, {0}) - (share * logits.t()).sum(1);
  return (of_image + of_text).mean() / 2;
}

}  // namespace tandem
