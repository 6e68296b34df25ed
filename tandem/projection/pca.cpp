#include "tandem/projection/pca.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/projection/blocks.h"
#include "tandem/projection/centring.h"
#include "tandem/projection/principal_axes.h"

namespace tandem {
namespace {

/// [D, D] float64: the sum over rows of the products of what they differ from `mean` by, divided by N - 1. Rows are centred a
/// block at a time. Of the products one half is computed, the other mirrored; those of float32 rows meet in double.
at::Tensor covariance(const at::Tensor& mean, const at::Tensor& rows) {
  const std::int64_t count = rows.size(0), width = rows.size(1);
  constexpr std::int64_t kColumns = 192, kRows = 2048;
  at::Tensor product = at::zeros({width, width}, at::kDouble);
  std::vector<std::pair<std::int64_t, std::int64_t>> blocks;
  for (std::int64_t i = 0; i < width; i += kColumns) {
    for (std::int64_t j = i; j < width; j += kColumns) blocks.emplace_back(i, j);
  }
  const at::Tensor centre = mean.to(rows.scalar_type());
  at::Tensor left = at::zeros({width}, at::kDouble);  // what rounding the mean to the rows' precision left in the rows
  at::Tensor centred = at::empty({std::min(kRows, count), width}, rows.options());
  for (std::int64_t begin = 0; begin < count; begin += kRows) {
    const std::int64_t size = std::min(kRows, count - begin);
    at::Tensor block_rows = centred.narrow(0, 0, size);
    at::sub_out(block_rows, rows.narrow(0, begin, size), centre);
    left.add_(column_mean(block_rows), static_cast<double>(size));
    for_each_block(static_cast<std::int64_t>(blocks.size()), [&](std::int64_t block) {
      const auto [i, j] = blocks[static_cast<std::size_t>(block)];
      const std::int64_t high = std::min(kColumns, width - i), wide = std::min(kColumns, width - j);
      product.narrow(0, i, high).narrow(1, j, wide).add_(at::matmul(block_rows.narrow(1, i, high).t(), block_rows.narrow(1, j, wide)));
    });
  }
  for (const auto& [i, j] : blocks) {
    const std::int64_t high = std::min(kColumns, width - i), wide = std::min(kColumns, width - j);
    if (i != j) product.narrow(0, j, wide).narrow(1, i, high).copy_(product.narrow(0, i, high).narrow(1, j, wide).t());
  }
  left.div_(static_cast<double>(count));
  product.sub_(at::outer(left, left), static_cast<double>(count));
  return product.div_(static_cast<double>(std::max<std::int64_t>(count - 1, 1)));
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

  const at::Tensor values = in_working_precision(rows);
  Pca pca;
  pca.mean = column_mean(values);
  const at::Tensor matrix = covariance(pca.mean, values);
  const auto [variance, axes] = principal_axes(matrix);
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
    const std::int64_t begin = block * kBlock, size = std::min(kBlock, rows.size(0) - begin);
    coordinates.narrow(0, begin, size).copy_(at::matmul(centred_on(pca.mean, rows.narrow(0, begin, size)), axes));
  });
  return coordinates;
}

}  // namespace tandem
