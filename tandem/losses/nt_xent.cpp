#include "tandem/losses/nt_xent.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>

namespace tandem {

at::Tensor nt_xent(const PairBatch& batch) {
  check_batch("nt_xent", batch);
  const at::Tensor same = same_picture(batch);
  const at::Tensor scale = at::exp(batch.log_scale);
  const at::Tensor across = without(scaled_similarities(batch), other_caption_of_own(batch));
  const auto among = [&](const at::Tensor& side) { return without(at::matmul(side * scale, side.t()), same); };
  const at::Tensor own = at::diagonal(across);
  const at::Tensor of_image = at::logsumexp(at::cat({across, among(batch.image)}, 1), {1});
  const at::Tensor of_text = at::logsumexp(at::cat({across.t(), among(batch.text)}, 1), {1});
  return (of_image + of_text - 2 * own).mean() / 2;
}

}  // namespace tandem
