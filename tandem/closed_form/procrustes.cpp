#include "tandem/closed_form/procrustes.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>

namespace tandem {

LinearMaps procrustes(const PairedAxes& pairs, std::int64_t width) {
  const std::int64_t image_width = pairs.cross.size(0);
  const std::int64_t text_width = pairs.cross.size(1);
  TORCH_CHECK_VALUE(width > 0 && width <= std::min(image_width, text_width), "procrustes: width must be from 1 to ",
                    std::min(image_width, text_width), ", got ", width);
  const auto [U, S, Vt] = at::linalg_svd(pairs.cross.narrow(0, 0, width).narrow(1, 0, width), /*full_matrices=*/false);
  at::Tensor text = at::zeros({text_width, width});
  text.narrow(0, 0, width).copy_(at::mm(Vt.t(), U.t()));
  return {.image = at::eye(image_width, width), .text = text};
}

}  // namespace tandem
