#include "tandem/closed_form/ridge.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <c10/util/Exception.h>

namespace tandem {

LinearMaps ridge(const PairedAxes& pairs, RidgeWay way, double regularisation) {
  TORCH_CHECK_VALUE(regularisation > 0, "ridge: regularisation must be above 0, got ", regularisation);
  const bool to_image = way == RidgeWay::kTextToImage;
  const at::Tensor variance = to_image ? pairs.text.variance : pairs.image.variance;
  const at::Tensor cross = to_image ? pairs.cross.t() : pairs.cross;
  const at::Tensor map =
      (cross / (variance + variance.mean() * regularisation).unsqueeze(1)).to(at::kFloat).contiguous();
  const at::Tensor itself = at::eye(cross.size(1));
  return {.image = to_image ? itself : map, .text = to_image ? map : itself};
}

}  // namespace tandem
