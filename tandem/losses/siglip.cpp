#include "tandem/losses/siglip.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/softplus.h>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor siglip(const PairBatch& batch, const at::Tensor& bias) {
  check_batch("siglip", batch);
  check_shape("siglip", "bias", bias, {});
  const at::Tensor logits = scaled_similarities(batch) + bias;
  const at::Tensor apart = at::masked_fill(at::softplus(logits), same_picture(batch), 0);
  return (apart.sum() + at::softplus(-at::diagonal(logits)).sum()) / batch.image.size(0);
}

}  // namespace tandem
