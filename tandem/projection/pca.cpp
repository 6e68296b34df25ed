#include "tandem/projection/pca.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <tuple>

#include "tandem/base/shape_check.h"
#include "tandem/projection/blocks.h"

namespace tandem {
namespace {

// Summed row by row: a library's reduction may split the rows by the number of threads.
at::Tensor column_mean(const at::Tensor& values) {
  const std::int64_t count = values.size(0), width = values.size(1);
  at::Tensor mean = at::zeros({width}, values.options());
  const double* value = values.const_data_ptr<double>();
  double* sum = mean.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t d = 0; d < width; ++d) sum[d] += value[i * width + d];
  }
  for (std::int64_t d = 0; d < width; ++d) sum[d] /= static_cast<double>(count);
  return mean;
}

at::Tensor covariance(const at::Tensor& centred) {
  const std::int64_t count = centred.size(0), width = centred.size(1);
  at::Tensor product = at::empty({width, width}, centred.options());
  constexpr std::int64_t kBlock = 64;
  for_each_block((width + kBlock - 1) / kBlock, [&](std::int64_t block) {
    const std::int64_t begin = block * kBlock, size = std::min(kBlock, width - begin);
    product.narrow(0, begin, size).copy_(at::matmul(centred.narrow(1, begin, size).t(), centred));
  });
  return product.div_(static_cast<double>(std::max<std::int64_t>(count - 1, 1)));
}

// LAPACK's steps depend on how many threads it may use, even inside a parallel region.
std::tuple<at::Tensor, at::Tensor> eigen_on_one_thread(const at::Tensor& matrix) {
  struct OneThread {
    int before = at::get_num_threads();
    OneThread() { at::set_num_threads(1); }
    ~OneThread() { at::set_num_threads(before); }
  };
  const OneThread one_thread;
  return at::linalg_eigh(matrix);
}

}  // namespace

Pca fit_pca(const at::Tensor& rows, std::int64_t k) {
  check_shape("fit_pca", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.is_floating_point() && rows.size(0) > 0,
                    "fit_pca: rows must be floating point with at least one row, got ", shape_text(rows),
                    " of ", rows.scalar_type());
  TORCH_CHECK_VALUE(k >= 1 && k <= rows.size(1), "fit_pca: k must be from 1 to D = ", rows.size(1), ", got ",
                    k);
  check_finite("fit_pca", "rows", rows);

  const at::Tensor values = rows.detach().to(at::kDouble).contiguous();
  Pca pca;
  pca.mean = column_mean(values);
  const at::Tensor matrix = covariance(values - pca.mean);
  const auto [eigenvalues, eigenvectors] = eigen_on_one_thread(matrix);  // rising
  pca.explained_variance = eigenvalues.flip(0).narrow(0, 0, k).clamp_min(0);
  pca.components = eigenvectors.flip(1).narrow(1, 0, k).t().contiguous();
  for (std::int64_t d = 0; d < matrix.size(0); ++d) {
    pca.total_variance += matrix.const_data_ptr<double>()[d * (matrix.size(0) + 1)];
  }
  // An eigenvector's sign is arbitrary; the largest entry decides.
  for (std::int64_t c = 0; c < k; ++c) {
    at::Tensor component = pca.components[c];
    const std::int64_t largest = at::argmax(component.abs()).item<std::int64_t>();
    if (component[largest].item<double>() < 0) component.neg_();
  }
  return pca;
}

at::Tensor project(const Pca& pca, const at::Tensor& rows) {
  check_shape("project", "rows", rows, {kAnySize, pca.mean.size(0)});
  const at::Tensor values = rows.detach().to(at::kDouble) - pca.mean;
  at::Tensor coordinates;
  for_each_block(1, [&](std::int64_t) { coordinates = at::matmul(values, pca.components.t()); });
  return coordinates.to(at::kFloat);
}

}  // namespace tandem
