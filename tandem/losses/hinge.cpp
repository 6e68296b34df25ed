#include "tandem/losses/hinge.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/relu.h>
#include <c10/util/Exception.h>

namespace tandem {

at::Tensor hinge(const PairBatch& batch, double margin, HingeOver over) {
  check_batch("hinge", batch);
  TORCH_CHECK_VALUE(margin > 0, "hinge: margin must be positive, got ", margin);
  const at::Tensor similarity = at::matmul(batch.image, batch.text.t());
  const at::Tensor same = same_picture(batch);
  const at::Tensor own = at::diagonal(similarity);
  const at::Tensor of_image = at::masked_fill(at::relu(similarity - own.unsqueeze(1) + margin), same, 0);
  const at::Tensor of_text = at::masked_fill(at::relu(similarity - own.unsqueeze(0) + margin), same, 0);
  if (over == HingeOver::kAllNegatives) return (of_image.sum() + of_text.sum()) / batch.image.size(0);
  return (at::amax(of_image, {1}) + at::amax(of_text, {0})).mean();
}

}  // namespace tandem
