#include "tandem/closed_form/cca.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/mm.h>
#include <c10/util/Exception.h>

#include <algorithm>

namespace tandem {
namespace {

constexpr double kLeastCorrelation = 1e-5;  ///< of the largest; its square is still well above rounding

/// What brings each axis to unit regularised variance.
at::Tensor unit_factors(const at::Tensor& variance, double regularisation) {
  return (variance + variance.mean() * regularisation).rsqrt();
}

}  // namespace

CanonicalDirections canonical_directions(const PairedAxes& pairs, double regularisation, std::int64_t width) {
  TORCH_CHECK_VALUE(regularisation > 0, "canonical_directions: regularisation must be above 0, got ", regularisation);
  TORCH_CHECK_VALUE(width > 0, "canonical_directions: width must be positive, got ", width);
  const at::Tensor image_factors = unit_factors(pairs.image.variance, regularisation).unsqueeze(1);
  const at::Tensor text_factors = unit_factors(pairs.text.variance, regularisation).unsqueeze(1);
  const at::Tensor B = image_factors * pairs.cross * text_factors.t();
  // The eigenvectors of the smaller of B B^T and B^T B are one side's singular vectors; this is
  // several times faster than an SVD of B.
  const bool image_is_narrow = B.size(0) <= B.size(1);
  const at::Tensor narrow = image_is_narrow ? B : B.t();
  const auto [squares, vectors] = at::linalg_eigh(at::mm(narrow, narrow.t()));  // rising
  const at::Tensor all = at::flip(squares, {0}).clamp_min(0).sqrt();
  const auto clear = (all > kLeastCorrelation * all[0]).sum().item<std::int64_t>();
  const std::int64_t kept = std::max<std::int64_t>(1, std::min(width, clear));
  const at::Tensor correlations = all.narrow(0, 0, kept);
  const at::Tensor here = at::flip(vectors, {1}).narrow(1, 0, kept);
  const at::Tensor there = at::mm(narrow.t(), here) / correlations.clamp_min(1e-300);
  return {.image = image_factors * (image_is_narrow ? here : there),
          .text = text_factors * (image_is_narrow ? there : here),
          .correlations = correlations};
}

LinearMaps weighted(const CanonicalDirections& directions, double power) {
  const at::Tensor weights = directions.correlations.pow(power);
  return {.image = (directions.image * weights).to(at::kFloat), .text = (directions.text * weights).to(at::kFloat)};
}

}  // namespace tandem
