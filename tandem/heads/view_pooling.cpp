#include "tandem/heads/view_pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/where.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

void check_mask(const char* function, const at::Tensor& views, const std::optional<at::Tensor>& mask) {
  check_shape(function, "views", views, {kAnySize, kAnySize, kAnySize});
  if (mask) check_shape(function, "mask", *mask, {views.size(0), views.size(1)});
}

}  // namespace

at::Tensor attention_pooled(const at::Tensor& views, const at::Tensor& queries, const std::optional<at::Tensor>& mask) {
  check_mask("attention_pooled", views, mask);
  check_shape("attention_pooled", "queries", queries, {kAnySize, views.size(2)});
  at::Tensor products = at::matmul(views, queries.t()) / std::sqrt(static_cast<double>(views.size(2)));  // [B, V, Q]
  if (mask) products = at::where(mask->unsqueeze(2), products, kNothing);
  return at::bmm(at::softmax(products, 1).transpose(1, 2), views).flatten(1);
}

at::Tensor rank_pooled(const at::Tensor& views, const at::Tensor& ranks, const std::optional<at::Tensor>& mask) {
  check_mask("rank_pooled", views, mask);
  const std::int64_t V = views.size(1);
  TORCH_CHECK_VALUE(ranks.dim() == 1 && ranks.size(0) >= V, "rank_pooled: ranks must be [", V, "] or more, got ",
                    shape_text(ranks));
  const at::Tensor own = ranks.narrow(0, 0, V);
  if (!mask)
    return (std::get<0>(at::sort(views, /*dim=*/1, /*descending=*/true)) * at::softmax(own, 0).view({1, -1, 1})).sum(1);
  // Missing views come last; the mask sorted in the same way gives the number of ranks.
  const at::Tensor sorted = std::get<0>(at::sort(at::where(mask->unsqueeze(2), views, kNothing), 1, true));
  const at::Tensor there = std::get<0>(at::sort(*mask, 1, true));
  const at::Tensor weights = at::softmax(at::where(there, own.unsqueeze(0), kNothing), 1);
  return (at::where(there.unsqueeze(2), sorted, 0.0) * weights.unsqueeze(2)).sum(1);
}

at::Tensor token_mask(const at::Tensor& features, const PooledColumns& columns) {
  at::Tensor mask = features.narrow(1, columns.begin, columns.columns())
                        .reshape({features.size(0), columns.count, columns.width})
                        .ne(0)
                        .any(2);
  mask.select(1, 0).logical_or_(mask.any(1).logical_not());
  return mask;
}

at::Tensor with_tokens_averaged(const at::Tensor& features, const std::vector<PooledColumns>& pooled) {
  std::vector<at::Tensor> parts;
  std::int64_t done = 0;
  for (const PooledColumns& columns : pooled) {
    if (!columns.tokens) continue;
    parts.push_back(features.narrow(1, done, columns.begin - done));
    const at::Tensor mask = token_mask(features, columns);
    const at::Tensor tokens =
        features.narrow(1, columns.begin, columns.columns()).reshape({features.size(0), columns.count, columns.width});
    parts.push_back(tokens.sum(1) / mask.sum(1, /*keepdim=*/true));
    done = columns.begin + columns.columns();
  }
  if (parts.empty()) return features;
  parts.push_back(features.narrow(1, done, features.size(1) - done));
  return at::cat(parts, 1);
}

}  // namespace tandem
