#include "tandem/maps/pca.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/maps/blocks.h"
#include "tandem/maps/centring.h"
#include "tandem/maps/principal_axes.h"

namespace tandem {
namespace {

struct Moments {
  at::Tensor mean;        ///< [D] float64
  at::Tensor covariance;  ///< [D, D] float64: over N - 1
};

/// Rows are centred one block at a time, on a rough mean; the remaining difference is subtracted at
/// the end. About half of the products are computed, the others mirrored. Products of float32 rows
/// are summed in double.
Moments moments(const at::Tensor& rows) {
  const std::int64_t count = rows.size(0);
  const std::int64_t width = rows.size(1);
  constexpr std::int64_t kColumns = 128, kRows = 2048;
  at::Tensor product = at::zeros({width, width}, at::kDouble);
  const at::Tensor centre = rough_mean(rows).to(rows.scalar_type());
  at::Tensor left = at::zeros({width}, at::kDouble);
  at::Tensor centred = at::empty({std::min(kRows, count), width}, rows.options());
  const std::int64_t strips = (width + kColumns - 1) / kColumns;  // each: some columns, times all from these on
  std::vector<at::Tensor> of_strip;
  for (std::int64_t first = 0; first < width; first += kColumns)
    of_strip.push_back(at::empty({std::min(kColumns, width - first), width - first}, rows.options()));
  for (std::int64_t begin = 0; begin < count; begin += kRows) {
    const std::int64_t size = std::min(kRows, count - begin);
    at::Tensor block_rows = centred.narrow(0, 0, size);
    left.add_(centre_into(rows.narrow(0, begin, size), centre, block_rows));
    for_each_block(strips, [&](std::int64_t strip) {
      const std::int64_t first = strip * kColumns;
      const std::int64_t high = std::min(kColumns, width - first);
      const std::int64_t wide = width - first;
      at::Tensor& part = of_strip[static_cast<std::size_t>(strip)];
      at::mm_out(part, block_rows.narrow(1, first, high).t(), block_rows.narrow(1, first, wide));
      product.narrow(0, first, high).narrow(1, first, wide).add_(part);
    });
  }
  for (std::int64_t first = kColumns; first < width; first += kColumns) {
    const std::int64_t wide = std::min(kColumns, width - first);
    product.narrow(0, first, wide).narrow(1, 0, first).copy_(product.narrow(0, 0, first).narrow(1, first, wide).t());
  }
  left.div_(static_cast<double>(count));
  product.sub_(at::outer(left, left), static_cast<double>(count));
  return {centre.to(at::kDouble) + left, product.div_(static_cast<double>(std::max<std::int64_t>(count - 1, 1)))};
}

}  // namespace

Pca fit_pca(const at::Tensor& rows, std::int64_t k) {
  check_shape("fit_pca", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.is_floating_point() && rows.size(0) > 0,
                    "fit_pca: rows must be floating point with at least one row, got ", shape_text(rows), " of ",
                    rows.scalar_type());
  TORCH_CHECK_VALUE(k >= 1 && k <= rows.size(1), "fit_pca: k must be from 1 to D = ", rows.size(1), ", got ", k);

  const at::Tensor values = in_working_precision(rows);
  Pca pca;
  const auto [mean, matrix] = moments(values);
  if (!std::isfinite(mean.sum().item<double>()))
    check_finite("fit_pca", "rows", rows);  // saves a pass if all is finite
  pca.mean = mean;
  // The covariance of float32 rows is exact only up to their rounding, so its axes are computed
  // only to that precision.
  const auto [variance, axes] = values.scalar_type() == at::kFloat ? first_axes(matrix, k) : principal_axes(matrix);
  pca.explained_variance = variance.narrow(0, 0, k).clone();
  pca.components = axes.narrow(0, 0, k).clone();
  for (std::int64_t d = 0; d < matrix.size(0); ++d) {
    pca.total_variance += std::max(matrix.const_data_ptr<double>()[d * (matrix.size(0) + 1)], 0.0);
  }
  return pca;
}

at::Tensor project(const Pca& pca, const at::Tensor& rows) {
  check_shape("project", "rows", rows, {kAnySize, pca.mean.size(0)});
  at::Tensor coordinates = at::empty({rows.size(0), pca.components.size(0)}, at::kFloat);
  const at::Tensor axes = pca.components.to(rows.scalar_type() == at::kFloat ? at::kFloat : at::kDouble).t();
  constexpr std::int64_t kBlock = 1024;
  for_each_block((rows.size(0) + kBlock - 1) / kBlock, [&](std::int64_t block) {
    const std::int64_t begin = block * kBlock;
    const std::int64_t size = std::min(kBlock, rows.size(0) - begin);
    coordinates.narrow(0, begin, size).copy_(at::matmul(centred_on(pca.mean, rows.narrow(0, begin, size)), axes));
  });
  return coordinates;
}

}  // namespace tandem
