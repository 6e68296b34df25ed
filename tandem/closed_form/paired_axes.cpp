#include "tandem/closed_form/paired_axes.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// Sum over rows of left^T right, [F, G] float64, some thousand rows at a time.
at::Tensor summed_products(const at::Tensor& left, const at::Tensor& right) {
  constexpr std::int64_t kRowsAtOnce = 4096;
  at::Tensor sum = at::zeros({left.size(1), right.size(1)}, at::kDouble);
  for (std::int64_t begin = 0; begin < left.size(0); begin += kRowsAtOnce) {
    const std::int64_t size = std::min(kRowsAtOnce, left.size(0) - begin);
    sum.add_(at::mm(left.narrow(0, begin, size).t(), right.narrow(0, begin, size)));
  }
  return sum;
}

void check_rows(const CaptionedRows& rows) {
  check_shape("paired_axes", "image", rows.image, {kAnySize, kAnySize});
  check_shape("paired_axes", "text", rows.text, {kAnySize, kAnySize});
  check_shape("paired_axes", "image_of_text", rows.image_of_text, {rows.text.size(0)});
  TORCH_CHECK_VALUE(rows.text.size(0) > 1 && rows.image.size(0) > 0,
                    "paired_axes: at least two pairs were needed, got ", rows.text.size(0));
  TORCH_CHECK_VALUE(rows.image_of_text.min().item<std::int64_t>() >= 0 &&
                        rows.image_of_text.max().item<std::int64_t>() < rows.image.size(0),
                    "paired_axes: image_of_text must hold rows of image, 0 to ", rows.image.size(0) - 1);
}

/// Fills axes and variance from the covariance.
void turn(SideAxes& side, const at::Tensor& covariance, const char* name) {
  // Below the smallest normal float32, products of features are rounded to zero or nearly to zero.
  const double largest = covariance.diagonal().max().item<double>();
  TORCH_CHECK_VALUE(
      std::isfinite(largest) && largest >= std::numeric_limits<float>::min(), "paired_axes: features of the ", name,
      " that differ, by sizes whose squares are float32, were needed, got a largest variance of ", largest);
  const auto [variance, axes] = at::linalg_eigh(covariance);  // rising
  side.variance = at::flip(variance, {0}).clamp_min(0);
  side.axes = at::flip(axes, {1});
}

}  // namespace

PairedAxes paired_axes(const CaptionedRows& train) {
  check_rows(train);
  const auto pairs = static_cast<double>(train.text.size(0));
  PairedAxes paired;
  paired.image.scaling = measure_features(train.image, {.view_widths = train.image_views});
  paired.text.scaling = measure_features(train.text, {.view_widths = train.text_views});
  at::Tensor image = scaled(paired.image.scaling, train.image);
  at::Tensor text = scaled(paired.text.scaling, train.text);
  const at::Tensor captions = at::zeros({image.size(0), 1}, at::kFloat)
                                  .index_add_(0, train.image_of_text, at::zeros({text.size(0), 1}, at::kFloat) + 1);
  paired.image.mean = ((image * captions).sum(at::IntArrayRef{0}, false, at::kDouble) / pairs).to(at::kFloat);
  paired.text.mean = text.mean(at::IntArrayRef{0}, false, at::kDouble).to(at::kFloat);
  image.sub_(paired.image.mean);
  text.sub_(paired.text.mean);
  turn(paired.image, summed_products(image * captions, image) / pairs, "pictures");
  turn(paired.text, summed_products(text, text) / pairs, "captions");
  const at::Tensor text_of_image =
      at::zeros({image.size(0), text.size(1)}, at::kFloat).index_add_(0, train.image_of_text, text);
  paired.cross = at::mm(paired.image.axes.t(), at::mm(summed_products(image, text_of_image) / pairs, paired.text.axes));
  paired.image.axes = paired.image.axes.to(at::kFloat).contiguous();
  paired.text.axes = paired.text.axes.to(at::kFloat).contiguous();
  return paired;
}

at::Tensor on_axes(const SideAxes& side, const at::Tensor& features) {
  return at::matmul(scaled(side.scaling, features) - side.mean, side.axes);
}

at::Tensor mapped(const at::Tensor& on_axes, const at::Tensor& map) {
  const at::Tensor rows = at::matmul(on_axes, map);
  return rows / rows.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-12);
}

}  // namespace tandem
