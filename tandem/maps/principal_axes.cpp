#include "tandem/maps/principal_axes.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>

#include <cstdint>
#include <tuple>

#include "tandem/base/one_thread_products.h"

namespace tandem {

namespace {

constexpr std::int64_t kSpareAxes = 16;  // make the steps converge faster
constexpr int kSteps = 3;
constexpr double kClose = 1e-7, kGoodEnough = 1e-6;

}  // namespace

PrincipalAxes principal_axes(const at::Tensor& covariance) {
  const OneThreadProducts same_bits;
  const auto [variance, columns] = at::linalg_eigh(covariance);  // rising
  PrincipalAxes found{variance.flip(0).clamp_min(0), columns.flip(1).t().contiguous()};
  fix_signs(found.axes);
  return found;
}

PrincipalAxes first_axes(const at::Tensor& covariance, std::int64_t k) {
  const std::int64_t width = covariance.size(0);
  const std::int64_t size = k + kSpareAxes;
  const double largest = covariance.diagonal().max().item<double>();
  if (3 * size > width || !(largest > 0)) return principal_axes(covariance);
  const OneThreadProducts same_bits;
  at::Tensor basis =
      std::get<1>(at::linalg_eigh((covariance / largest).to(at::kFloat))).narrow(1, width - size, size).to(at::kDouble);
  at::Tensor product = at::matmul(covariance, basis);
  for (int step = 0; step < kSteps; ++step) {
    basis = std::get<0>(at::linalg_qr(product));
    product = at::matmul(covariance, basis);
    const auto [variance, turn] = at::linalg_eigh(at::matmul(basis.t(), product));  // rising
    basis = at::matmul(basis, turn);
    product = at::matmul(product, turn);
    const at::Tensor residual = (product - basis * variance).norm(2, 0);
    const double off = residual.narrow(0, size - k, k).max().item<double>() / variance[size - 1].item<double>();
    if (off > (step + 1 < kSteps ? kClose : kGoodEnough)) continue;
    PrincipalAxes found{variance.flip(0).clamp_min(0), basis.flip(1).t().contiguous()};
    fix_signs(found.axes);
    return found;
  }
  return principal_axes(covariance);
}

void fix_signs(at::Tensor& axes) {
  for (std::int64_t i = 0; i < axes.size(0); ++i) {
    at::Tensor axis = axes[i];
    if (axis[at::argmax(axis.abs()).item<std::int64_t>()].item<double>() < 0) axis.neg_();
  }
}

}  // namespace tandem
