#include "tandem/losses/soft_target.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <c10/util/Exception.h>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor soft_target_info_nce(const PairBatch& batch, const SoftTargets& targets) {
  constexpr const char* kName = "soft_target_info_nce";
  check_batch(kName, batch);
  check_shape(kName, "image_features", targets.image_features, {batch.image.size(0), kAnySize});
  check_shape(kName, "text_features", targets.text_features, {batch.image.size(0), kAnySize});
  TORCH_CHECK_VALUE(targets.weight >= 0 && targets.weight <= 1, kName, ": weight must be in [0, 1], got ",
                    targets.weight);
  const at::Tensor mask = other_caption_of_own(batch);
  const at::Tensor all = scaled_similarities(batch);
  const at::Tensor logits = without(all, mask);
  const at::Tensor finite = at::masked_fill(all, mask, 0);
  const at::Tensor own = at::diagonal(all);
  const auto soft = [&](const at::Tensor& features) {
    return at::softmax(without(at::matmul(features * targets.scale, features.t()), mask), 1);
  };
  const at::Tensor of_image =
      at::logsumexp(logits, {1}) - targets.weight * (soft(targets.image_features) * finite).sum(1);
  const at::Tensor of_text =
      at::logsumexp(logits, {0}) - targets.weight * (soft(targets.text_features) * finite.t()).sum(1);
  return (of_image + of_text - 2 * (1 - targets.weight) * own).mean() / 2;
}

}  // namespace tandem
