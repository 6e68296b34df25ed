#include "tandem/audit/twin_captions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/sort.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/analysis/centred_unit.h"
#include "tandem/base/paired_products.h"
#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kSameWords = 0.999;
constexpr double kShareOfOnePicture = 0.99;
constexpr std::int64_t kCaptionTileFloats = 4'000'000;

/// Between captions of one picture that follow each other.
double twin_threshold(const at::Tensor& unit, const at::Tensor& image_of_text) {
  const std::int64_t texts = unit.size(0);
  const auto [partner, order] = at::sort(image_of_text, /*stable=*/true, /*dim=*/0, /*descending=*/false);
  const at::Tensor same = at::nonzero(partner.narrow(0, 1, texts - 1) == partner.narrow(0, 0, texts - 1)).squeeze(1);
  if (same.size(0) == 0) return kSameWords;
  const at::Tensor similarity = paired_products(unit.index_select(0, order.index_select(0, same)),
                                                unit.index_select(0, order.index_select(0, same + 1)));
  const at::Tensor rising = std::get<0>(at::sort(similarity));
  const auto place = static_cast<std::int64_t>(kShareOfOnePicture * static_cast<double>(rising.size(0) - 1) + 0.5);
  return std::min(rising[place].item<double>(), kSameWords);
}

bool nearer(const TwinCaptions& a, const TwinCaptions& b) {
  if (a.similarity != b.similarity) return a.similarity > b.similarity;
  return a.first != b.first ? a.first < b.first : a.second < b.second;
}

}  // namespace

TwinList twin_captions(const at::Tensor& text_features, const at::Tensor& image_of_text, std::int64_t largest,
                       const Progress& progress) {
  check_shape("twin_captions", "text_features", text_features, {kAnySize, kAnySize});
  check_shape("twin_captions", "image_of_text", image_of_text, {text_features.size(0)});
  check_finite("twin_captions", "text_features", text_features);
  const c10::InferenceMode no_gradients;
  const std::int64_t texts = text_features.size(0);
  TORCH_CHECK_VALUE(texts >= 1, "twin_captions: at least one caption was needed, got none");
  const at::Tensor unit = centred_unit(text_features);
  const auto image = image_of_text.accessor<std::int64_t, 1>();
  TwinList list{.threshold = twin_threshold(unit, image_of_text), .partner = std::vector<std::int64_t>(texts, -1)};
  std::vector<double> best(texts, -2);
  const auto offer = [&](std::int64_t caption, std::int64_t twin, double similarity) {
    if (similarity <= best[caption]) return;
    best[caption] = similarity;
    list.partner[caption] = twin;
  };
  for (std::int64_t begin = 0; begin < texts;) {
    const std::int64_t width = texts - begin;
    const std::int64_t size = std::min(width, std::max<std::int64_t>(1, kCaptionTileFloats / width));
    const at::Tensor similarity = at::mm(unit.narrow(0, begin, size), unit.narrow(0, begin, width).t());
    const at::Tensor near = at::nonzero(similarity >= list.threshold);
    const auto place = near.accessor<std::int64_t, 2>();
    const auto value = similarity.accessor<float, 2>();
    for (std::int64_t n = 0; n < near.size(0); ++n) {
      const std::int64_t first = begin + place[n][0];
      const std::int64_t second = begin + place[n][1];
      if (second <= first || image[first] == image[second]) continue;
      const double cosine = value[place[n][0]][place[n][1]];
      ++list.count;
      offer(first, second, cosine);
      offer(second, first, cosine);
      list.twins.push_back({.first = first, .second = second, .similarity = cosine});
    }
    std::sort(list.twins.begin(), list.twins.end(), nearer);
    if (static_cast<std::int64_t>(list.twins.size()) > largest) list.twins.resize(largest);
    begin += size;
    if (progress) progress(begin, texts);
  }
  return list;
}

}  // namespace tandem
