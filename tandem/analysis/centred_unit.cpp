#include "tandem/analysis/centred_unit.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/norm.h>

namespace tandem {

at::Tensor centred_unit(const at::Tensor& features) {
  const at::Tensor centred = features - features.mean(0, /*keepdim=*/true);
  return centred / at::norm(centred, 2, {1}, /*keepdim=*/true).clamp_min(1e-12);
}

}  // namespace tandem
