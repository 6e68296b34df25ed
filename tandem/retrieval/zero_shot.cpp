#include "tandem/retrieval/zero_shot.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/row_tiles.h"
#include "tandem/base/shape_check.h"
#include "tandem/retrieval/recall.h"

namespace tandem {
namespace {

constexpr double kSmallestNorm = 1e-6;  ///< A shorter mean is only rounding errors and has no direction.

struct Answer {
  std::int64_t rank = 1;     ///< of the true class
  std::int64_t nearest = 0;  ///< the nearest class; if the true one is tied, a wrong one
};

Answer answer_of(const float* similarity, std::int64_t classes, std::int64_t label) {
  Answer answer{.nearest = label};
  float best = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    if (c == label || similarity[c] < similarity[label] - kTieMargin) continue;
    if (answer.rank == 1 || similarity[c] > best) {
      best = similarity[c];
      answer.nearest = c;
    }
    ++answer.rank;
  }
  return answer;
}

void check_arguments(const at::Tensor& image, const at::Tensor& classes, const at::Tensor& label) {
  check_shape("classify", "image", image, {kAnySize, kAnySize});
  check_shape("classify", "classes", classes, {kAnySize, image.size(1)});
  check_shape("classify", "label", label, {image.size(0)});
  check_finite("classify", "image", image);
  check_finite("classify", "classes", classes);
  TORCH_CHECK_VALUE(
      image.scalar_type() == at::kFloat && classes.scalar_type() == at::kFloat && label.scalar_type() == at::kLong,
      "classify: image and classes must be float32 and label int64, got ", image.scalar_type(), ", ",
      classes.scalar_type(), " and ", label.scalar_type());
  TORCH_CHECK_VALUE(image.size(0) > 0 && classes.size(0) > 0, "classify: pictures and classes were needed, got image ",
                    shape_text(image), ", classes ", shape_text(classes));
  TORCH_CHECK_VALUE(label.min().item<std::int64_t>() >= 0 && label.max().item<std::int64_t>() < classes.size(0),
                    "classify: label must hold rows of classes, 0 to ", classes.size(0) - 1);
}

}  // namespace

at::Tensor class_vectors(const at::Tensor& prompts, std::int64_t templates) {
  check_shape("class_vectors", "prompts", prompts, {kAnySize, kAnySize});
  check_finite("class_vectors", "prompts", prompts);
  TORCH_CHECK_VALUE(templates >= 1 && prompts.size(0) >= 1 && prompts.size(0) % templates == 0,
                    "class_vectors: rows must be a multiple of the ", templates, " templates, got ",
                    shape_text(prompts));
  const at::Tensor mean = prompts.view({prompts.size(0) / templates, templates, prompts.size(1)}).mean(1);
  const at::Tensor length = at::norm(mean, 2, {1}, /*keepdim=*/true);
  TORCH_CHECK_VALUE(length.min().item<double>() > kSmallestNorm,
                    "class_vectors: the prompts of a class must not cancel out, got a mean of length ",
                    length.min().item<double>());
  return mean / length;
}

ZeroShotResult classify(const at::Tensor& image, const at::Tensor& classes, const at::Tensor& label) {
  check_arguments(image, classes, label);
  const c10::InferenceMode no_gradients;
  const std::int64_t pictures = image.size(0);
  const std::int64_t count = classes.size(0);
  const auto truth = label.accessor<std::int64_t, 1>();
  ZeroShotResult result;
  result.confusion = at::zeros({count, count}, at::kLong);
  result.classes.resize(count);
  auto confusion = result.confusion.accessor<std::int64_t, 2>();
  std::int64_t within_one = 0, within_five = 0;
  for_each_row_tile(pictures, count, [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = at::matmul(image.narrow(0, begin, size), classes.t()).contiguous();
    const float* similarity = tile.const_data_ptr<float>();
    for (std::int64_t i = begin; i < begin + size; ++i, similarity += count) {
      const Answer answer = answer_of(similarity, count, truth[i]);
      within_one += answer.rank == 1;
      within_five += answer.rank <= 5;
      ++confusion[truth[i]][answer.nearest];
      ++result.classes[truth[i]].pictures;
      ++result.classes[answer.nearest].predicted;
      result.classes[truth[i]].right += answer.rank == 1;
      result.predicted.push_back(answer.nearest);
    }
  });
  result.top1 = 100.0 * static_cast<double>(within_one) / static_cast<double>(pictures);
  result.top5 = 100.0 * static_cast<double>(within_five) / static_cast<double>(pictures);
  std::int64_t met = 0;
  for (const ClassScore& score : result.classes) {
    met += score.pictures > 0;
    result.mean_recall += score.recall();
  }
  result.mean_recall /= static_cast<double>(met);
  return result;
}

}  // namespace tandem
