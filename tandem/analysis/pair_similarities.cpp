#include "tandem/analysis/pair_similarities.h"

#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tandem/base/row_tiles.h"
#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// Which of `bins` over [-1, 1] holds the value; rounding may have taken a cosine a little outside.
std::int64_t bin_of(double value, std::int64_t bins) {
  return std::clamp(static_cast<std::int64_t>(std::floor((value + 1) / 2 * static_cast<double>(bins))), std::int64_t{0},
                    bins - 1);
}

class Summing {
 public:
  explicit Summing(std::int64_t bins) : bins_(bins) {
    summary_.histogram.resize(bins);
    summary_.least = std::numeric_limits<double>::infinity();
    summary_.largest = -std::numeric_limits<double>::infinity();
  }

  void add(double value) {
    ++summary_.pairs;
    sum_ += value;
    squares_ += value * value;
    summary_.least = std::min(summary_.least, value);
    summary_.largest = std::max(summary_.largest, value);
    ++summary_.histogram[bin_of(value, bins_)];
  }

  SimilaritySummary finish() {
    const auto count = static_cast<double>(summary_.pairs);
    summary_.mean = sum_ / count;
    summary_.deviation = std::sqrt(std::max(0.0, squares_ / count - summary_.mean * summary_.mean));
    return std::move(summary_);
  }

 private:
  std::int64_t bins_;
  SimilaritySummary summary_;
  double sum_ = 0, squares_ = 0;
};

/// Counts sorted values below and up to another, by a search that begins in the right one of many
/// small bins.
class SortedValues {
 public:
  explicit SortedValues(std::vector<float> values) : values_(std::move(values)), first_(kBins + 1) {
    std::sort(values_.begin(), values_.end());
    std::size_t next = 0;
    for (std::int64_t bin = 0; bin < kBins; ++bin) {
      first_[bin] = next;
      while (next < values_.size() && bin_of(values_[next], kBins) == bin) ++next;
    }
    first_[kBins] = values_.size();
  }

  /// Twice the values above `value` and once those equal to it.
  std::int64_t above_twice(float value) const {
    const std::int64_t bin = bin_of(value, kBins);
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(first_[bin]);
    const auto end = values_.begin() + static_cast<std::ptrdiff_t>(first_[bin + 1]);
    const auto [below, up_to] = std::equal_range(begin, end, value);
    return (values_.end() - below) + (values_.end() - up_to);
  }

 private:
  static constexpr std::int64_t kBins = 8192;
  std::vector<float> values_;
  std::vector<std::size_t> first_;
};

/// Calls take(i, j, similarity) for every pair, pictures in order.
template <typename Take>
void for_each_similarity(const at::Tensor& image, const at::Tensor& text, const Take& take) {
  for_each_row_tile(image.size(0), text.size(0), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = at::matmul(image.narrow(0, begin, size), text.t()).contiguous();
    const float* value = tile.const_data_ptr<float>();
    for (std::int64_t i = begin; i < begin + size; ++i) {
      for (std::int64_t j = 0; j < text.size(0); ++j) take(i, j, *value++);
    }
  });
}

double shared_area(const SimilaritySummary& a, const SimilaritySummary& b) {
  double area = 0;
  for (std::size_t i = 0; i < a.histogram.size(); ++i) {
    area += std::min(static_cast<double>(a.histogram[i]) / static_cast<double>(a.pairs),
                     static_cast<double>(b.histogram[i]) / static_cast<double>(b.pairs));
  }
  return area;
}

}  // namespace

PairSimilarities pair_similarities(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                   std::int64_t bins) {
  check_shape("pair_similarities", "image", image, {kAnySize, kAnySize});
  check_shape("pair_similarities", "text", text, {kAnySize, image.size(1)});
  check_shape("pair_similarities", "image_of_text", image_of_text, {text.size(0)});
  check_finite("pair_similarities", "image", image);
  check_finite("pair_similarities", "text", text);
  TORCH_CHECK_VALUE(image.scalar_type() == at::kFloat && text.scalar_type() == at::kFloat,
                    "pair_similarities: image and text must be float32, got ", image.scalar_type(), " and ",
                    text.scalar_type());
  TORCH_CHECK_VALUE(image.size(0) >= 2 && text.size(0) >= 1,
                    "pair_similarities: two pictures and a caption were needed, got ", image.size(0), " and ",
                    text.size(0));
  TORCH_CHECK_VALUE(bins >= 1, "pair_similarities: bins must be at least 1, got ", bins);
  TORCH_CHECK_VALUE(
      image_of_text.min().item<std::int64_t>() >= 0 && image_of_text.max().item<std::int64_t>() < image.size(0),
      "pair_similarities: image_of_text must hold rows of image, 0 to ", image.size(0) - 1);
  const c10::InferenceMode no_gradients;
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  Summing aligned(bins), misaligned(bins);
  std::vector<float> own;
  for_each_similarity(image, text, [&](std::int64_t i, std::int64_t j, float value) {
    if (partner[j] == i) own.push_back(value);
    (partner[j] == i ? aligned : misaligned).add(value);
  });
  const SortedValues sorted(std::move(own));
  double ahead_twice = 0;  // Sums of whole numbers, exact up to 2^53.
  for_each_similarity(image, text, [&](std::int64_t i, std::int64_t j, float value) {
    if (partner[j] != i) ahead_twice += static_cast<double>(sorted.above_twice(value));
  });
  PairSimilarities result{.aligned = aligned.finish(), .misaligned = misaligned.finish()};
  result.overlap = shared_area(result.aligned, result.misaligned);
  result.auc =
      ahead_twice / 2 / (static_cast<double>(result.aligned.pairs) * static_cast<double>(result.misaligned.pairs));
  return result;
}

}  // namespace tandem
