#include "tandem/training/latent_mixup.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randperm.h>

#include <algorithm>
#include <random>

namespace tandem {

at::Tensor Mixing::rows_of(const at::Tensor& features, const at::Tensor& rows, std::int64_t begin,
                           std::int64_t count) const {
  at::Tensor own = features.index_select(0, rows.narrow(0, begin, count));
  if (!partner.defined()) return own;
  return own.mul_(share).add_(
      features.index_select(0, rows.index_select(0, partner.narrow(0, begin, count).to(rows.device()))), 1 - share);
}

Mixing draw_mixing(std::int64_t batch_rows, double alpha, std::uint64_t seed) {
  if (alpha == 0) return {};
  std::mt19937_64 chance(seed);
  std::gamma_distribution<double> gamma(alpha);
  const double one = gamma(chance);
  const double other = gamma(chance);
  const double share = one + other > 0 ? one / (one + other) : 1;
  return {
      .partner = at::randperm(batch_rows, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kLong)),
      .share = std::max(share, 1 - share)};
}

}  // namespace tandem
