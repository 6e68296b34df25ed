#include "tandem/analysis/mutual_knn.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/sort.h>
#include <c10/util/Exception.h>

#include <limits>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor nearest_others(const at::Tensor& features, std::int64_t k) {
  check_shape("nearest_others", "features", features, {kAnySize, kAnySize});
  check_finite("nearest_others", "features", features);
  TORCH_CHECK_VALUE(k >= 1 && k < features.size(0), "nearest_others: k must be from 1 to ", features.size(0) - 1,
                    ", got ", k);
  const at::Tensor unit = features / at::norm(features, 2, {1}, /*keepdim=*/true).clamp_min(1e-12);
  at::Tensor similarity = at::matmul(unit, unit.t());
  similarity.fill_diagonal_(-std::numeric_limits<double>::infinity());
  const at::Tensor order = std::get<1>(at::sort(similarity, /*stable=*/true, /*dim=*/1, /*descending=*/true));
  return order.narrow(1, 0, k).contiguous();
}

double mutual_knn(const at::Tensor& a, const at::Tensor& b) {
  check_shape("mutual_knn", "a", a, {kAnySize, kAnySize});
  check_shape("mutual_knn", "b", b, {a.size(0), a.size(1)});
  return (a.unsqueeze(2) == b.unsqueeze(1)).any(2).to(at::kDouble).mean().item<double>();
}

}  // namespace tandem
