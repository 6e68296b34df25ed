#include "tandem/analysis/geometry.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <limits>

#include "tandem/base/row_tiles.h"
#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kRidge = 1e-4;

void check_rows(const char* function, const char* name, const at::Tensor& rows, std::int64_t at_least) {
  check_shape(function, name, rows, {kAnySize, kAnySize});
  check_finite(function, name, rows);
  TORCH_CHECK_VALUE(rows.size(0) >= at_least, function, ": ", name, " must have at least ", at_least, " rows, got ",
                    shape_text(rows));
}

void check_sides(const char* function, const at::Tensor& image, const at::Tensor& text, std::int64_t at_least) {
  check_rows(function, "image", image, at_least);
  check_rows(function, "text", text, at_least);
  check_shape(function, "text", text, {kAnySize, image.size(1)});
}

/// Every second row from `first` on, in double, with a column of ones for the plane's offset.
at::Tensor half_of(const at::Tensor& rows, std::int64_t first) {
  const at::Tensor half = at::slice(rows, 0, first, rows.size(0), 2).to(at::kDouble);
  return at::cat({half, at::ones({half.size(0), 1}, at::kDouble)}, 1);
}

}  // namespace

double alignment(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  check_sides("alignment", image, text, 1);
  check_shape("alignment", "image_of_text", image_of_text, {text.size(0)});
  TORCH_CHECK_VALUE(
      image_of_text.min().item<std::int64_t>() >= 0 && image_of_text.max().item<std::int64_t>() < image.size(0),
      "alignment: image_of_text must hold rows of image, 0 to ", image.size(0) - 1);
  const c10::InferenceMode no_gradients;
  double sum = 0;
  for_each_row_tile(text.size(0), text.size(1), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor apart = image.index_select(0, image_of_text.narrow(0, begin, size)) - text.narrow(0, begin, size);
    sum += apart.to(at::kDouble).pow(2).sum().item<double>();
  });
  return sum / static_cast<double>(text.size(0));
}

double uniformity(const at::Tensor& rows) {
  check_rows("uniformity", "rows", rows, 2);
  const c10::InferenceMode no_gradients;
  const std::int64_t n = rows.size(0);
  const at::Tensor norm = rows.pow(2).sum(1);
  double sum = 0;
  for_each_row_tile(n, n, [&](std::int64_t begin, std::int64_t size) {
    at::Tensor distance =
        norm.narrow(0, begin, size).unsqueeze(1) + norm - 2 * at::matmul(rows.narrow(0, begin, size), rows.t());
    distance.narrow(1, begin, size)
        .fill_diagonal_(std::numeric_limits<float>::infinity());  // A row is no pair with itself.
    sum += distance.clamp_min_(0).mul_(-2).exp_().sum(at::kDouble).item<double>();
  });
  return std::log(sum / (static_cast<double>(n) * static_cast<double>(n - 1)));
}

double linear_separability(const at::Tensor& image, const at::Tensor& text) {
  check_sides("linear_separability", image, text, 2);
  const c10::InferenceMode no_gradients;
  const std::int64_t width = image.size(1) + 1;
  at::Tensor left = kRidge * at::eye(width, at::kDouble);
  at::Tensor right = at::zeros({width}, at::kDouble);
  for (const auto& [rows, side] : {std::pair{image, 1.0}, std::pair{text, -1.0}}) {
    const at::Tensor seen = half_of(rows, 0);
    const double weight = 1.0 / static_cast<double>(seen.size(0));
    left = left + weight * at::matmul(seen.t(), seen);
    right = right + side * weight * seen.sum(0);
  }
  const at::Tensor plane = at::linalg_solve(left, right);
  const double images = at::matmul(half_of(image, 1), plane).gt(0).to(at::kDouble).mean().item<double>();
  const double texts = at::matmul(half_of(text, 1), plane).lt(0).to(at::kDouble).mean().item<double>();
  return 50 * (images + texts);
}

double effective_rank(const at::Tensor& rows) {
  check_rows("effective_rank", "rows", rows, 1);
  const c10::InferenceMode no_gradients;
  at::Tensor gram = at::zeros({rows.size(1), rows.size(1)}, at::kDouble);
  for_each_row_tile(rows.size(0), rows.size(1), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = rows.narrow(0, begin, size).to(at::kDouble);
    gram += at::matmul(tile.t(), tile);
  });
  const at::Tensor singular = at::linalg_eigvalsh(gram).clamp_min(0).sqrt();
  const double total = singular.sum().item<double>();
  TORCH_CHECK_VALUE(total > 0, "effective_rank: rows must not all be zero");
  const auto value = singular.accessor<double, 1>();
  double entropy = 0;
  for (std::int64_t i = 0; i < singular.size(0); ++i) {
    const double share = value[i] / total;
    if (share > 0) entropy -= share * std::log(share);
  }
  return std::exp(entropy);
}

}  // namespace tandem
