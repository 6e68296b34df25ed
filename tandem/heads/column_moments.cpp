#include "tandem/heads/column_moments.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/std_mean.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

constexpr std::int64_t kLeastBlockRows = 1024, kMostRowBlocks = 256;

TANDEM_VECTOR_CLONES void add_row(double* sum, const float* row, std::int64_t columns) {
  for (std::int64_t c = 0; c < columns; ++c) sum[c] += row[c];
}

TANDEM_VECTOR_CLONES void add_squares(double* sum, const float* row, const double* mean, std::int64_t columns) {
  for (std::int64_t c = 0; c < columns; ++c) {
    const double off = row[c] - mean[c];
    sum[c] += off * off;
  }
}

/// Sum over all rows of what `add(sum, row)` adds, [F] float64.
template <typename Add>
at::Tensor summed(const at::Tensor& rows, const Add& add) {
  const std::int64_t N = rows.size(0), F = rows.size(1);
  const std::int64_t size = std::max(kLeastBlockRows, (N + kMostRowBlocks - 1) / kMostRowBlocks);
  const std::int64_t blocks = (N + size - 1) / size;
  const at::Tensor sums = at::zeros({blocks, F}, at::kDouble);
  double* sum = sums.mutable_data_ptr<double>();
  const float* values = rows.const_data_ptr<float>();
  at::parallel_for(0, blocks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t block = first; block < last; ++block) {
      for (std::int64_t row = block * size; row < std::min(N, (block + 1) * size); ++row)
        add(sum + block * F, values + row * F);
    }
  });
  at::Tensor all = at::zeros({F}, at::kDouble);
  for (std::int64_t block = 0; block < blocks; ++block) all.add_(sums[block]);
  return all;
}

}  // namespace

ColumnMoments column_moments(const at::Tensor& features) {
  check_shape("column_moments", "features", features, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(features.size(0) > 0, "column_moments: features must have at least one row, got ",
                    shape_text(features));
  if (!features.is_cpu() || features.scalar_type() != at::kFloat) {
    const auto [deviation, mean] = at::std_mean(features, at::IntArrayRef{0}, /*unbiased=*/false);
    return {.mean = mean, .deviation = deviation};
  }
  const at::Tensor rows = features.detach().contiguous();
  const std::int64_t N = rows.size(0), F = rows.size(1);
  const at::Tensor mean = summed(rows, [F](double* sum, const float* row) { add_row(sum, row, F); }) / N;
  const double* centre = mean.const_data_ptr<double>();
  const at::Tensor squares =
      summed(rows, [F, centre](double* sum, const float* row) { add_squares(sum, row, centre, F); }) / N;
  return {.mean = mean.to(at::kFloat), .deviation = squares.sqrt().to(at::kFloat)};
}

}  // namespace tandem
