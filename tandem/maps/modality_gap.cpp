#include "tandem/maps/modality_gap.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <c10/util/Exception.h>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

// The rounding errors that remain of a row equal to the mean are not made into a direction.
constexpr double kNoDirection = 1e-6;

void check_side(const char* function, const char* name, const at::Tensor& rows) {
  TORCH_CHECK_VALUE(rows.size(0) > 0, function, ": ", name, " must have at least one row, got ", shape_text(rows));
}

}  // namespace

double modality_gap(const at::Tensor& image, const at::Tensor& text) {
  check_shape("modality_gap", "image", image, {kAnySize, kAnySize});
  check_shape("modality_gap", "text", text, {kAnySize, image.size(1)});
  check_side("modality_gap", "image", image);
  check_side("modality_gap", "text", text);
  return at::linalg_vector_norm(image.to(at::kDouble).mean(0) - text.to(at::kDouble).mean(0)).item<double>();
}

at::Tensor centred_to_unit_length(const at::Tensor& rows, const at::Tensor& mean) {
  check_shape("centred_to_unit_length", "rows", rows, {kAnySize, kAnySize});
  check_shape("centred_to_unit_length", "mean", mean, {rows.size(1)});
  const at::Tensor values = rows.detach().to(at::kDouble);
  const at::Tensor centred = values - mean.to(at::kDouble);
  const at::Tensor length = at::linalg_vector_norm(centred, 2, {1}, /*keepdim=*/true);
  const at::Tensor usual = at::linalg_vector_norm(values, 2, {1}, /*keepdim=*/true);
  const at::Tensor has_direction = length > kNoDirection * usual;
  return (centred / length).where(has_direction, centred * 0).to(at::kFloat);
}

}  // namespace tandem
