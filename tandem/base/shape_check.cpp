#include "tandem/base/shape_check.h"

#include <ATen/ops/all.h>
#include <ATen/ops/aminmax.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/nonzero.h>
#include <c10/util/Exception.h>

#include <cmath>

namespace tandem {

std::string shape_text(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::string text = "[";
  for (std::int64_t i = 0; i < tensor.dim(); ++i) text += (i ? ", " : "") + std::to_string(tensor.size(i));
  return text + "]";
}

void check_shape(std::string_view function, std::string_view name, const at::Tensor& tensor,
                 std::initializer_list<std::int64_t> shape) {
  bool fits = tensor.defined() && tensor.dim() == static_cast<std::int64_t>(shape.size());
  std::string wanted = "[";
  std::int64_t axis = 0;
  for (const std::int64_t size : shape) {
    wanted += (axis ? ", " : "") + (size == kAnySize ? std::string("*") : std::to_string(size));
    fits = fits && (size == kAnySize || tensor.size(axis) == size);
    ++axis;
  }
  TORCH_CHECK_VALUE(fits, function, ": ", name, " must be ", wanted, "], got ", shape_text(tensor));
}

void check_finite(std::string_view function, std::string_view name, const at::Tensor& rows) {
  if (rows.numel() == 0 || !rows.is_floating_point()) return;
  // The minimum and the maximum are NaN if any value is. This is one pass without copies; isfinite
  // needs two.
  const auto [least, largest] = at::aminmax(rows.detach());
  if (std::isfinite(least.item<double>()) && std::isfinite(largest.item<double>())) return;
  const at::Tensor finite = at::isfinite(rows);
  const at::Tensor bad_rows = (finite.dim() > 1 ? finite.flatten(1).all(1) : finite).logical_not().nonzero();
  TORCH_CHECK_VALUE(false, function, ": ", name, " must be finite, got NaN or infinity in row ",
                    bad_rows[0][0].item<std::int64_t>(), " (", bad_rows.size(0), " such rows)");
}

}  // namespace tandem
