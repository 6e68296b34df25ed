#include "tandem/closed_form/asif.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

at::Tensor unit_rows(const at::Tensor& rows) { return rows / rows.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-12); }

/// The k nearest as entries of a representation, before its length is known.
at::Tensor entries(const NearestAnchors& nearest, const AsifOptions& options) {
  const std::int64_t k = std::min(options.k, nearest.similarity.size(1));
  return nearest.similarity.narrow(1, 0, k).clamp_min(0).pow(options.power);
}

/// [A, N]: every training picture's entry in the representations of N pictures, of unit length over
/// pairs.
at::Tensor picture_entries(const NearestAnchors& image, const at::Tensor& captions_of, const AsifOptions& options) {
  const at::Tensor weights = entries(image, options);
  const at::Tensor rows = image.row.narrow(1, 0, weights.size(1));
  const at::Tensor squares =
      (weights * weights * captions_of.index_select(0, rows.reshape(-1)).view_as(rows)).sum(1, true);
  at::Tensor dense = at::zeros({image.row.size(0), captions_of.size(0)});
  dense.scatter_(1, rows, weights / squares.sqrt().clamp_min(1e-30));
  return dense.t().contiguous();
}

}  // namespace

NearestAnchors nearest_anchors(const at::Tensor& rows, const at::Tensor& anchors, std::int64_t k) {
  check_shape("nearest_anchors", "anchors", anchors, {kAnySize, kAnySize});
  check_shape("nearest_anchors", "rows", rows, {kAnySize, anchors.size(1)});
  TORCH_CHECK_VALUE(anchors.size(0) > 0 && rows.size(0) > 0 && k > 0,
                    "nearest_anchors: rows, anchors and k of at least 1 were needed, got ", rows.size(0), ", ",
                    anchors.size(0), " and ", k);
  constexpr std::int64_t kRowsAtOnce = 256;
  const std::int64_t kept = std::min(k, anchors.size(0));
  const at::Tensor queries = unit_rows(rows);
  const at::Tensor columns = unit_rows(anchors).t();
  NearestAnchors nearest{.similarity = at::empty({rows.size(0), kept}),
                         .row = at::empty({rows.size(0), kept}, at::kLong)};
  for (std::int64_t begin = 0; begin < rows.size(0); begin += kRowsAtOnce) {
    const std::int64_t size = std::min(kRowsAtOnce, rows.size(0) - begin);
    const auto [similarity, row] = at::topk(at::mm(queries.narrow(0, begin, size), columns), kept);
    nearest.similarity.narrow(0, begin, size).copy_(similarity);
    nearest.row.narrow(0, begin, size).copy_(row);
  }
  return nearest;
}

at::Tensor asif_similarities(const NearestAnchors& image, const NearestAnchors& text, const at::Tensor& image_of_text,
                             std::int64_t train_images, const AsifOptions& options) {
  TORCH_CHECK_VALUE(options.k > 0 && options.power >= 0,
                    "asif_similarities: k must be positive and power not negative, got ", options.k, " and ",
                    options.power);
  const at::Tensor pictures = picture_entries(image, at::bincount(image_of_text, {}, train_images), options);
  const at::Tensor plain = entries(text, options);
  const at::Tensor weights = plain / plain.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-30);
  const std::int64_t captions = weights.size(0);
  const std::int64_t k = weights.size(1);
  const std::int64_t columns = pictures.size(1);
  const std::int64_t stride = text.row.size(1);
  at::Tensor similarities = at::zeros({captions, columns});
  const at::Tensor nearest = text.row.contiguous();
  const at::Tensor partners = image_of_text.contiguous();
  const float *weight = weights.const_data_ptr<float>(), *entry = pictures.const_data_ptr<float>();
  const std::int64_t *row = nearest.const_data_ptr<std::int64_t>(), *partner = partners.const_data_ptr<std::int64_t>();
  float* out = similarities.data_ptr<float>();
  at::parallel_for(0, captions, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t j = begin; j < end; ++j) {
      for (std::int64_t a = 0; a < k; ++a) {
        const float share = weight[j * k + a];
        const float* from = entry + partner[row[j * stride + a]] * columns;
        for (std::int64_t i = 0; i < columns; ++i) out[j * columns + i] += share * from[i];
      }
    }
  });
  return similarities;
}

}  // namespace tandem
