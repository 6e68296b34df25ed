#include "tandem/losses/fitted_scale.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/losses/streaming_losses.h"

namespace tandem {
namespace {

constexpr std::int64_t kMostPictures = 4096;
constexpr double kWidth = 1e-3;  // of the last interval, in the factor's logarithm
constexpr double kGolden = 0.6180339887498949;

struct FirstPairs {
  std::vector<std::int64_t> image, text;
};

FirstPairs first_pairs(const at::Tensor& image_of_text, std::int64_t images) {
  std::vector<std::int64_t> first(static_cast<std::size_t>(images), -1);
  const at::Tensor partner = image_of_text.contiguous();
  const auto* image = partner.const_data_ptr<std::int64_t>();
  for (std::int64_t j = partner.size(0) - 1; j >= 0; --j) {
    TORCH_CHECK_VALUE(image[j] >= 0 && image[j] < images, "fitted_logit_scale: image_of_text from 0 to ", images - 1,
                      " was needed, got ", image[j]);
    first[static_cast<std::size_t>(image[j])] = j;
  }
  std::vector<std::int64_t> captioned;
  for (std::int64_t i = 0; i < images; ++i) {
    if (first[static_cast<std::size_t>(i)] >= 0) captioned.push_back(i);
  }
  TORCH_CHECK_VALUE(!captioned.empty(), "fitted_logit_scale: a picture with a caption was needed, got none");
  const auto count = static_cast<std::int64_t>(captioned.size());
  const auto kept = std::min(count, kMostPictures);
  FirstPairs pairs;
  for (std::int64_t i = 0; i < kept; ++i) {
    pairs.image.push_back(captioned[static_cast<std::size_t>(i * count / kept)]);
    pairs.text.push_back(first[static_cast<std::size_t>(pairs.image.back())]);
  }
  return pairs;
}

}  // namespace

double fitted_logit_scale(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                          double largest) {
  TORCH_CHECK_VALUE(largest > 1, "fitted_logit_scale: largest must be above 1, got ", largest);
  check_shape("fitted_logit_scale", "image", image, {kAnySize, kAnySize});
  check_shape("fitted_logit_scale", "image_of_text", image_of_text, {text.size(0)});
  const c10::NoGradGuard no_gradients;
  const FirstPairs pairs = first_pairs(image_of_text, image.size(0));
  PairBatch batch{.image = image.index_select(0, at::tensor(pairs.image, at::kLong)),
                  .text = text.index_select(0, at::tensor(pairs.text, at::kLong))};
  batch.image_id = at::arange(batch.image.size(0), at::kLong);
  const auto loss = [&](double log_scale) {
    batch.log_scale = at::scalar_tensor(log_scale, at::kFloat);
    return streaming_info_nce(batch).item<double>();
  };
  double low = 0;
  double high = std::log(largest);
  double left = high - kGolden * (high - low);
  double right = low + kGolden * (high - low);
  double at_left = loss(left);
  double at_right = loss(right);
  while (high - low > kWidth) {
    if (at_left < at_right) {  // If both are 0 in float32, the larger factor is the better one.
      high = right, right = left, at_right = at_left;
      left = high - kGolden * (high - low);
      at_left = loss(left);
    } else {
      low = left, left = right, at_left = at_right;
      right = low + kGolden * (high - low);
      at_right = loss(right);
    }
  }
  return std::exp((low + high) / 2);
}

}  // namespace tandem
