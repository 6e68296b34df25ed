#include "tandem/retrieval/top_k.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sort.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr std::int64_t kQueriesAtOnce = 16;

}  // namespace

Nearest top_k(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k) {
  check_shape("top_k", "gallery", gallery, {kAnySize, kAnySize});
  check_shape("top_k", "query", query, {kAnySize, gallery.size(1)});
  check_finite("top_k", "query", query);
  check_finite("top_k", "gallery", gallery);
  TORCH_CHECK_VALUE(gallery.size(0) > 0 && query.size(0) > 0 && k >= 1,
                    "top_k: at least one query, one row and k >= 1 were needed, got query ", shape_text(query), ", gallery ",
                    shape_text(gallery), ", k ", k);
  const c10::InferenceMode no_gradients;
  const std::int64_t kept = std::min(k, gallery.size(0));
  std::vector<at::Tensor> similarities, rows;
  for (std::int64_t begin = 0; begin < query.size(0); begin += kQueriesAtOnce) {
    const std::int64_t size = std::min(kQueriesAtOnce, query.size(0) - begin);
    const at::Tensor all = at::matmul(query.narrow(0, begin, size), gallery.t());
    // A stable sort, not topk: equal similarities then come out in an order that does not depend on the library.
    const auto [sorted, order] = at::sort(all, /*stable=*/true, /*dim=*/1, /*descending=*/true);
    similarities.push_back(sorted.narrow(1, 0, kept).contiguous());
    rows.push_back(order.narrow(1, 0, kept).contiguous());
  }
  return {.similarity = at::cat(similarities), .row = at::cat(rows)};
}

}  // namespace tandem
