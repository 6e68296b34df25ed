#include "tandem/retrieval/hubness.h"

#include <ATen/ops/matmul.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/row_tiles.h"
#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor k_occurrence(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k) {
  check_shape("k_occurrence", "gallery", gallery, {kAnySize, kAnySize});
  check_shape("k_occurrence", "query", query, {kAnySize, gallery.size(1)});
  check_finite("k_occurrence", "query", query);
  check_finite("k_occurrence", "gallery", gallery);
  TORCH_CHECK_VALUE(query.size(0) > 0 && gallery.size(0) > 0,
                    "k_occurrence: queries and candidates were needed, got query ", shape_text(query), ", gallery ",
                    shape_text(gallery));
  TORCH_CHECK_VALUE(k >= 1 && k <= gallery.size(0), "k_occurrence: k must be from 1 to the ", gallery.size(0),
                    " candidates, got ", k);
  const c10::InferenceMode no_gradients;
  at::Tensor occurrence = at::zeros({gallery.size(0)}, at::kLong);
  auto* count = occurrence.data_ptr<std::int64_t>();
  const at::Tensor candidates = gallery.t();
  for_each_row_tile(query.size(0), gallery.size(0), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = at::matmul(query.narrow(0, begin, size), candidates);
    const at::Tensor nearest =
        std::get<1>(at::topk(tile, k, /*dim=*/1, /*largest=*/true, /*sorted=*/false)).contiguous();
    const auto* row = nearest.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < nearest.numel(); ++i) ++count[row[i]];
  });
  return occurrence;
}

Hubness summarise_hubness(const at::Tensor& occurrence) {
  check_shape("summarise_hubness", "occurrence", occurrence, {kAnySize});
  TORCH_CHECK_VALUE(occurrence.scalar_type() == at::kLong && occurrence.numel() > 0,
                    "summarise_hubness: occurrence must be int64 with at least one count, got ",
                    occurrence.scalar_type(), " ", shape_text(occurrence));
  const std::int64_t n = occurrence.numel();
  const auto count = occurrence.accessor<std::int64_t, 1>();
  double mean = 0, second = 0, third = 0;
  Hubness hubness;
  for (std::int64_t i = 0; i < n; ++i) {
    mean += static_cast<double>(count[i]) / static_cast<double>(n);
    hubness.most = std::max(hubness.most, count[i]);
    hubness.never_found += (count[i] == 0 ? 1.0 : 0.0) / static_cast<double>(n);
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const double off = static_cast<double>(count[i]) - mean;
    second += off * off / static_cast<double>(n);
    third += off * off * off / static_cast<double>(n);
  }
  const bool varies = second > 1e-14 * mean * mean;  // more than the rounding of the mean
  if (varies) hubness.skewness = third / std::pow(second, 1.5);
  return hubness;
}

Hubness measure_hubness(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k) {
  return summarise_hubness(k_occurrence(query, gallery, k));
}

}  // namespace tandem
