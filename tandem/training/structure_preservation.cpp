#include "tandem/training/structure_preservation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <c10/util/Exception.h>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kSmallest = 1e-12;  // Keeps logarithms of nothing finite.

at::Tensor neighbourhoods(const at::Tensor& rows, double temperature) {
  const at::Tensor unit = rows / at::linalg_vector_norm(rows, 2, {1}, /*keepdim=*/true).clamp_min(kSmallest);
  const at::Tensor centred = unit - unit.mean({0}, /*keepdim=*/true);
  return at::softmax(at::matmul(centred / temperature, centred.t()), 1);
}

/// Mean over rows of the divergence of two distributions each.
at::Tensor jensen_shannon(const at::Tensor& p, const at::Tensor& q) {
  const at::Tensor log_middle = at::log((p + q) / 2 + kSmallest);
  const auto from_middle = [&](const at::Tensor& one) {
    return (one * (at::log(one + kSmallest) - log_middle)).sum(1).mean();
  };
  return (from_middle(p) + from_middle(q)) / 2;
}

}  // namespace

at::Tensor structure_difference(const at::Tensor& features, const at::Tensor& embedding,
                                const StructureOptions& options) {
  check_shape("structure_difference", "features", features, {kAnySize, kAnySize});
  check_shape("structure_difference", "embedding", embedding, {features.size(0), kAnySize});
  TORCH_CHECK_VALUE(features.size(0) > 0, "structure_difference: features must have at least one row, got ",
                    shape_text(features));
  TORCH_CHECK_VALUE(options.levels > 0 && options.temperature > 0,
                    "structure_difference: levels and temperature must be positive, got ", options.levels, " and ",
                    options.temperature);
  const at::Tensor before = neighbourhoods(features, options.temperature);
  const at::Tensor after = neighbourhoods(embedding, options.temperature);
  at::Tensor before_level = before;
  at::Tensor after_level = after;
  at::Tensor total = jensen_shannon(before, after);
  for (std::int64_t level = 2; level <= options.levels; ++level) {
    before_level = at::matmul(before_level, before);
    after_level = at::matmul(after_level, after);
    total = total + jensen_shannon(before_level, after_level) / static_cast<double>(level);
  }
  return total / static_cast<double>(options.levels);
}

}  // namespace tandem
