#include "tandem/maps/randomised_pca.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "tandem/base/one_thread_products.h"
#include "tandem/base/shape_check.h"
#include "tandem/maps/blocks.h"
#include "tandem/maps/centring.h"
#include "tandem/maps/principal_axes.h"

namespace tandem {
namespace {

constexpr std::int64_t kRows = 1024;
constexpr std::int64_t kSums = 16;  // partial sums, added in a fixed order

/// The results of one pass over the rows X for directions Q: X'X Q, the covariance of X Q, and the
/// squares of X.
struct Pass {
  at::Tensor turned;  ///< [D, L] float64
  at::Tensor inner;   ///< [L, L] float64
  double squares = 0;
};

Pass pass_over(const at::Tensor& values, const at::Tensor& mean, const at::Tensor& directions) {
  const std::int64_t count = values.size(0);
  const std::int64_t tiles = (count + kRows - 1) / kRows;
  std::vector<Pass> parts(kSums);
  for_each_block(kSums, [&](std::int64_t s) {
    Pass& sum = parts[static_cast<std::size_t>(s)];
    sum.turned = at::zeros(directions.sizes(), at::kDouble);
    sum.inner = at::zeros({directions.size(1), directions.size(1)}, at::kDouble);
    for (std::int64_t tile = s * tiles / kSums; tile < (s + 1) * tiles / kSums; ++tile) {
      const at::Tensor rows = centred_on(mean, values.narrow(0, tile * kRows, std::min(kRows, count - tile * kRows)));
      const at::Tensor seen = at::matmul(rows, directions.to(rows.scalar_type()));
      sum.turned.add_(at::matmul(rows.t(), seen));
      const at::Tensor exact = seen.to(at::kDouble);
      sum.inner.add_(at::matmul(exact.t(), exact));
      sum.squares += (rows * rows).sum(at::kDouble).item<double>();
    }
  });
  for (std::size_t s = 1; s < parts.size(); ++s) {
    parts[0].turned.add_(parts[s].turned);
    parts[0].inner.add_(parts[s].inner);
    parts[0].squares += parts[s].squares;
  }
  return parts[0];
}

at::Tensor orthonormal(const at::Tensor& columns) { return std::get<0>(at::linalg_qr(columns, "reduced")); }

}  // namespace

Pca fit_pca_randomised(const at::Tensor& rows, std::int64_t k, const RandomisedPcaOptions& options) {
  check_shape("fit_pca_randomised", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.is_floating_point() && rows.size(0) > 0,
                    "fit_pca_randomised: rows must be floating point with at least one row, got ", shape_text(rows),
                    " of ", rows.scalar_type());
  TORCH_CHECK_VALUE(k >= 1 && k <= rows.size(1), "fit_pca_randomised: k must be from 1 to D = ", rows.size(1), ", got ",
                    k);
  TORCH_CHECK_VALUE(options.oversampling >= 0 && options.power_iterations >= 1,
                    "fit_pca_randomised: oversampling must not be negative and power_iterations at least 1, got ",
                    options.oversampling, " and ", options.power_iterations);
  const OneThreadProducts same_bits;  // of what is done outside of blocks, which is small
  check_finite("fit_pca_randomised", "rows", rows);

  const at::Tensor values = in_working_precision(rows);
  const std::int64_t width = values.size(1);
  const std::int64_t followed = std::min(k + options.oversampling, width);
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(options.seed);
  at::Tensor directions = orthonormal(at::randn({width, followed}, generator, at::kDouble));
  Pca pca;
  pca.mean = column_mean(values);
  for (int iteration = 0; iteration < options.power_iterations; ++iteration) {
    directions = orthonormal(pass_over(values, pca.mean, directions).turned);
  }
  const Pass last = pass_over(values, pca.mean, directions);
  const auto freedom = static_cast<double>(std::max<std::int64_t>(values.size(0) - 1, 1));
  const auto [variance, axes] = principal_axes(last.inner / freedom);
  pca.explained_variance = variance.narrow(0, 0, k).clone();
  pca.components = at::matmul(axes.narrow(0, 0, k), directions.t()).contiguous();
  fix_signs(pca.components);
  pca.total_variance = last.squares / freedom;
  return pca;
}

}  // namespace tandem
