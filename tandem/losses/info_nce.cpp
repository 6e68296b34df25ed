#include "tandem/losses/info_nce.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/masked_fill.h>
#include <c10/util/Exception.h>

namespace tandem {

at::Tensor info_nce(const PairBatch& batch, double label_smoothing) {
  check_batch("info_nce", batch);
  TORCH_CHECK_VALUE(label_smoothing >= 0 && label_smoothing < 1, "info_nce: label_smoothing must be in [0, 1), got ",
                    label_smoothing);
  const at::Tensor mask = other_caption_of_own(batch);
  const at::Tensor all = scaled_similarities(batch);
  const at::Tensor logits = without(all, mask);
  const at::Tensor own = at::diagonal(logits);
  const at::Tensor normalisers = at::logsumexp(logits, {1}) + at::logsumexp(logits, {0});
  if (label_smoothing == 0) return (normalisers - 2 * own).mean() / 2;
  // The logits of all candidates, each row and column divided by its number of candidates; the mask
  // is symmetric.
  const at::Tensor candidates = (~mask).sum(1);
  const at::Tensor chosen = at::masked_fill(all, mask, 0);
  const at::Tensor even = (chosen.sum(1) + chosen.sum(0)) / candidates;
  return (normalisers - 2 * (1 - label_smoothing) * own - label_smoothing * even).mean() / 2;
}

}  // namespace tandem
