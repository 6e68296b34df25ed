#include "tandem/analysis/cka.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/matmul.h>
#include <c10/util/Exception.h>

#include <cmath>

#include "tandem/base/shape_check.h"

namespace tandem {

LinearGram::LinearGram(const at::Tensor& features) {
  check_shape("LinearGram", "features", features, {kAnySize, kAnySize});
  check_finite("LinearGram", "features", features);
  TORCH_CHECK_VALUE(features.size(0) >= 4, "LinearGram: features must have at least 4 rows, got ",
                    shape_text(features));
  // HSIC_1 does not change with the mean; taking it off first keeps digits. A common scale keeps
  // large features from overflowing and cancels in the ratio.
  at::Tensor centred = features - features.mean(0, /*keepdim=*/true);
  const double scale = centred.to(at::kDouble).pow(2).mean().sqrt().item<double>();
  if (scale > 0) centred = centred / scale;
  gram_ = at::matmul(centred, centred.t());
  gram_.fill_diagonal_(0);
  rows_ = gram_.sum(1, /*keepdim=*/false, at::kDouble);
  total_ = rows_.sum().item<double>();
  self_ = hsic(*this);
}

double LinearGram::hsic(const LinearGram& other) const {
  const auto n = static_cast<double>(gram_.size(0));
  const double trace = (gram_ * other.gram_).sum(at::kDouble).item<double>();
  const double sums = total_ * other.total_ / ((n - 1) * (n - 2));
  const double cross = 2 / (n - 2) * at::dot(rows_, other.rows_).item<double>();
  return (trace + sums - cross) / (n * (n - 3));
}

double LinearGram::cka(const LinearGram& other) const {
  check_shape("LinearGram::cka", "other", other.gram_, {gram_.size(0), gram_.size(0)});
  const double norm = std::sqrt(std::max(self_, 0.0)) * std::sqrt(std::max(other.self_, 0.0));
  return norm > 0 ? hsic(other) / norm : 0;
}

}  // namespace tandem
