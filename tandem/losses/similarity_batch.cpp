#include "tandem/losses/similarity_batch.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/matmul.h>
#include <c10/util/Exception.h>

#include <limits>

#include "tandem/base/shape_check.h"

namespace tandem {

void check_batch(const char* loss, const PairBatch& batch) {
  check_shape(loss, "image", batch.image, {kAnySize, kAnySize});
  check_shape(loss, "text", batch.text, {batch.image.size(0), batch.image.size(1)});
  check_shape(loss, "log_scale", batch.log_scale, {});
  check_shape(loss, "image_id", batch.image_id, {batch.image.size(0)});
  TORCH_CHECK_VALUE(batch.image.size(0) > 0, loss, ": image must have at least one row, got [0, ", batch.image.size(1),
                    "]");
}

at::Tensor scaled_similarities(const PairBatch& batch) {
  // The factor is applied to the B x D side: this saves one pass over the B x B matrix, forward and
  // backward.
  return at::matmul(batch.image * at::exp(batch.log_scale), batch.text.t());
}

at::Tensor same_picture(const PairBatch& batch) {
  return at::eq(batch.image_id.unsqueeze(0), batch.image_id.unsqueeze(1));
}

at::Tensor other_caption_of_own(const PairBatch& batch) {
  at::Tensor mask = same_picture(batch);
  mask.diagonal().fill_(false);
  return mask;
}

at::Tensor without(const at::Tensor& logits, const at::Tensor& mask) {
  return at::masked_fill(logits, mask, -std::numeric_limits<double>::infinity());
}

}  // namespace tandem
