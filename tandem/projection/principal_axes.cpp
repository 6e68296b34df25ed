#include "tandem/projection/principal_axes.h"

#include <ATen/Parallel.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/linalg_eigh.h>

#include <cstdint>

namespace tandem {

PrincipalAxes principal_axes(const at::Tensor& covariance) {
  struct OneThread {
    int before = at::get_num_threads();
    OneThread() { at::set_num_threads(1); }
    ~OneThread() { at::set_num_threads(before); }
  };
  const OneThread one_thread;
  const auto [variance, columns] = at::linalg_eigh(covariance);  // rising
  PrincipalAxes found{variance.flip(0).clamp_min(0), columns.flip(1).t().contiguous()};
  fix_signs(found.axes);
  return found;
}

void fix_signs(at::Tensor& axes) {
  for (std::int64_t i = 0; i < axes.size(0); ++i) {
    at::Tensor axis = axes[i];
    if (axis[at::argmax(axis.abs()).item<std::int64_t>()].item<double>() < 0) axis.neg_();
  }
}

}  // namespace tandem
