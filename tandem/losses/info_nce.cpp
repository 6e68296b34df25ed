#include "tandem/losses/info_nce.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/matmul.h>
#include <c10/util/Exception.h>

#include <limits>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor info_nce(const at::Tensor& image, const at::Tensor& text, const at::Tensor& log_scale,
                    const at::Tensor& image_id) {
  check_shape("info_nce", "image", image, {kAnySize, kAnySize});
  check_shape("info_nce", "text", text, {image.size(0), image.size(1)});
  check_shape("info_nce", "log_scale", log_scale, {});
  check_shape("info_nce", "image_id", image_id, {image.size(0)});
  TORCH_CHECK_VALUE(image.size(0) > 0, "info_nce: image must have at least one row, got [0, ", image.size(1), "]");

  at::Tensor same_picture = at::eq(image_id.unsqueeze(0), image_id.unsqueeze(1));
  same_picture.diagonal().fill_(false);
  // The factor goes onto the B x D side: one pass less over the B x B matrix, forward and back.
  const at::Tensor logits = at::masked_fill(at::matmul(image * at::exp(log_scale), text.t()), same_picture,
                                            -std::numeric_limits<double>::infinity());
  const at::Tensor own = at::diagonal(logits);
  return (at::logsumexp(logits, {1}) - own + at::logsumexp(logits, {0}) - own).mean() / 2;
}

}  // namespace tandem
