#include "tandem/losses/dcl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/masked_fill.h>

namespace tandem {

at::Tensor dcl(const PairBatch& batch) {
  check_batch("dcl", batch);
  const at::Tensor same = same_picture(batch);
  const at::Tensor all = scaled_similarities(batch);
  const at::Tensor lonely = same.all(1);  // the mask is symmetric, so this holds for columns too
  // A finite value where nothing is left keeps the gradient finite; such rows are masked
  // afterwards.
  const at::Tensor negatives =
      at::masked_fill(without(all, same), lonely.unsqueeze(0).logical_and(lonely.unsqueeze(1)), 0);
  const at::Tensor apart = at::logsumexp(negatives, {1}) + at::logsumexp(negatives, {0}) - 2 * at::diagonal(all);
  return at::masked_fill(apart, lonely, 0).mean() / 2;
}

}  // namespace tandem
