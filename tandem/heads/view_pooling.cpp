#include "tandem/heads/view_pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sort.h>

#include <cmath>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor attention_pooled(const at::Tensor& views, const at::Tensor& query) {
  check_shape("attention_pooled", "views", views, {kAnySize, kAnySize, kAnySize});
  check_shape("attention_pooled", "query", query, {views.size(2)});
  const at::Tensor weights = at::softmax(at::matmul(views, query) / std::sqrt(static_cast<double>(views.size(2))), 1);
  return (views * weights.unsqueeze(2)).sum(1);
}

at::Tensor rank_pooled(const at::Tensor& views, const at::Tensor& ranks) {
  check_shape("rank_pooled", "views", views, {kAnySize, kAnySize, kAnySize});
  check_shape("rank_pooled", "ranks", ranks, {views.size(1)});
  const at::Tensor sorted = std::get<0>(at::sort(views, /*dim=*/1, /*descending=*/true));
  return (sorted * at::softmax(ranks, 0).view({1, -1, 1})).sum(1);
}

}  // namespace tandem
