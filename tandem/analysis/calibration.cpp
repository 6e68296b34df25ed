#include "tandem/analysis/calibration.h"

#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/row_tiles.h"
#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

struct Judgement {
  double confidence = 0;
  bool right = false;
};

Judgement judge(const float* similarity, std::int64_t candidates, std::int64_t right, double scale) {
  const float best = *std::max_element(similarity, similarity + candidates);
  double mass = 0;
  std::int64_t as_near = 0;
  for (std::int64_t j = 0; j < candidates; ++j) {
    mass += std::exp(scale * (static_cast<double>(similarity[j]) - best));
    as_near += similarity[j] == best;
  }
  return {.confidence = 1 / mass, .right = as_near == 1 && similarity[right] == best};
}

void check_arguments(const at::Tensor& query, const at::Tensor& gallery, const at::Tensor& right, double scale,
                     std::int64_t bins) {
  constexpr const char* kName = "softmax_calibration";
  check_shape(kName, "gallery", gallery, {kAnySize, kAnySize});
  check_shape(kName, "query", query, {kAnySize, gallery.size(1)});
  check_shape(kName, "right", right, {query.size(0)});
  check_finite(kName, "query", query);
  check_finite(kName, "gallery", gallery);
  TORCH_CHECK_VALUE(query.scalar_type() == at::kFloat && gallery.scalar_type() == at::kFloat, kName,
                    ": query and gallery must be float32, got ", query.scalar_type(), " and ", gallery.scalar_type());
  TORCH_CHECK_VALUE(query.size(0) > 0 && gallery.size(0) > 0, kName, ": queries and candidates were needed, got query ",
                    shape_text(query), ", gallery ", shape_text(gallery));
  TORCH_CHECK_VALUE(right.min().item<std::int64_t>() >= 0 && right.max().item<std::int64_t>() < gallery.size(0), kName,
                    ": right must hold rows of gallery, 0 to ", gallery.size(0) - 1);
  TORCH_CHECK_VALUE(scale > 0 && bins >= 1, kName, ": a scale above 0 and at least 1 bin were needed, got ", scale,
                    " and ", bins);
}

}  // namespace

Calibration softmax_calibration(const at::Tensor& query, const at::Tensor& gallery, const at::Tensor& right,
                                double scale, std::int64_t bins) {
  check_arguments(query, gallery, right, scale, bins);
  const c10::InferenceMode no_gradients;
  const auto partner = right.accessor<std::int64_t, 1>();
  Calibration result;
  result.bins.resize(bins);  // Sums until the end.
  for_each_row_tile(query.size(0), gallery.size(0), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = at::matmul(query.narrow(0, begin, size), gallery.t()).contiguous();
    const float* similarity = tile.const_data_ptr<float>();
    for (std::int64_t i = begin; i < begin + size; ++i, similarity += gallery.size(0)) {
      const Judgement one = judge(similarity, gallery.size(0), partner[i], scale);
      const auto place = static_cast<std::int64_t>(std::ceil(one.confidence * static_cast<double>(bins))) - 1;
      ReliabilityBin& bin = result.bins[std::clamp(place, std::int64_t{0}, bins - 1)];
      ++bin.queries;
      bin.confidence += one.confidence;
      bin.accuracy += one.right ? 1 : 0;
    }
  });
  const auto queries = static_cast<double>(query.size(0));
  for (ReliabilityBin& bin : result.bins) {
    result.error += std::abs(bin.accuracy - bin.confidence) / queries;
    result.confidence += bin.confidence / queries;
    result.accuracy += bin.accuracy / queries;
    if (bin.queries == 0) continue;
    bin.confidence /= static_cast<double>(bin.queries);
    bin.accuracy /= static_cast<double>(bin.queries);
  }
  return result;
}

}  // namespace tandem
