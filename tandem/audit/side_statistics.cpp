#include "tandem/audit/side_statistics.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/var_mean.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kTie = 1e-6;  // The rounding of a dot product of unit rows in fp32.
constexpr std::int64_t kTileFloats = 4'000'000;

/// Sorts the result of topk, which leaves equal similarities in any order, so that the lower row
/// comes first. topk chooses which of the equal ones at the end are kept.
at::Tensor nearest_rows(const at::Tensor& similarity, std::int64_t k) {
  const auto [value, row] = at::topk(similarity, k, /*dim=*/1);
  const auto [lower, by_row] = at::sort(row, /*stable=*/true, /*dim=*/1, /*descending=*/false);
  const at::Tensor order =
      std::get<1>(at::sort(value.gather(1, by_row), /*stable=*/true, /*dim=*/1, /*descending=*/true));
  return lower.gather(1, order);
}

}  // namespace

SideStatistics side_statistics(const at::Tensor& query, const at::Tensor& gallery, const at::Tensor& own, double scale,
                               std::int64_t k) {
  check_shape("side_statistics", "gallery", gallery, {kAnySize, kAnySize});
  check_shape("side_statistics", "query", query, {kAnySize, gallery.size(1)});
  check_shape("side_statistics", "own", own, {query.size(0)});
  check_finite("side_statistics", "query", query);
  check_finite("side_statistics", "gallery", gallery);
  const std::int64_t rows = gallery.size(0);
  TORCH_CHECK_VALUE(k >= 1 && rows >= 1 && query.size(0) >= 1,
                    "side_statistics: a query, a row and k >= 1 were needed, got query ", shape_text(query),
                    ", gallery ", shape_text(gallery), ", k ", k);
  TORCH_CHECK_VALUE(((own >= 0) & (own < rows)).all().item<bool>(), "side_statistics: own must be rows 0 to ",
                    rows - 1);
  const c10::InferenceMode no_gradients;
  const std::int64_t tile = std::max<std::int64_t>(1, kTileFloats / rows);
  const std::int64_t kept = std::min(k, rows);
  std::vector<at::Tensor> mean, deviation, log_sum, nearest, as_near;
  for (std::int64_t begin = 0; begin < query.size(0); begin += tile) {
    const std::int64_t size = std::min(tile, query.size(0) - begin);
    const at::Tensor similarity = at::mm(query.narrow(0, begin, size), gallery.t());
    const auto [variance, centre] = at::var_mean(similarity, at::IntArrayRef{1}, /*unbiased=*/false);
    mean.push_back(centre);
    deviation.push_back(variance.sqrt().clamp_min(1e-6));
    log_sum.push_back(at::logsumexp(similarity * scale, {1}));
    nearest.push_back(nearest_rows(similarity, kept));
    const at::Tensor own_similarity = similarity.gather(1, own.narrow(0, begin, size).unsqueeze(1));
    as_near.push_back((similarity >= own_similarity - kTie).sum(1) - 1);
  }
  return {.mean = at::cat(mean),
          .deviation = at::cat(deviation),
          .log_sum = at::cat(log_sum),
          .nearest = at::cat(nearest),
          .as_near = at::cat(as_near)};
}

}  // namespace tandem
