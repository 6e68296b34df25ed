#include "tandem/retrieval/top_k.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr std::int64_t kQueriesAtOnce = 64;
constexpr std::int64_t kRowsOfATask = 4;

struct Candidate {
  float similarity = 0;
  std::int64_t row = 0;
};

/// Nearer first; equal similarities in the order of the rows, so that the result does not depend on
/// a library's sort.
bool before(const Candidate& a, const Candidate& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

/// The best `kept` of one row, in order. Almost all values of a long row fail the single comparison
/// with the worst one kept so far.
void select_best(const float* similarities, std::int64_t rows, std::int64_t kept, std::vector<Candidate>& best) {
  best.clear();
  for (std::int64_t row = 0; row < rows; ++row) {
    if (static_cast<std::int64_t>(best.size()) == kept) {
      if (similarities[row] <= best.front().similarity) continue;  // An equal one comes later, and so loses.
      std::pop_heap(best.begin(), best.end(), before);
      best.pop_back();
    }
    best.push_back({similarities[row], row});
    std::push_heap(best.begin(), best.end(), before);
  }
  std::sort_heap(best.begin(), best.end(), before);
}

}  // namespace

Nearest top_k(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k) {
  check_shape("top_k", "gallery", gallery, {kAnySize, kAnySize});
  check_shape("top_k", "query", query, {kAnySize, gallery.size(1)});
  check_finite("top_k", "query", query);
  check_finite("top_k", "gallery", gallery);
  TORCH_CHECK_VALUE(gallery.size(0) > 0 && query.size(0) > 0 && k >= 1,
                    "top_k: at least one query, one row and k >= 1 were needed, got query ", shape_text(query),
                    ", gallery ", shape_text(gallery), ", k ", k);
  const c10::InferenceMode no_gradients;
  const std::int64_t kept = std::min(k, gallery.size(0));
  const at::Tensor turned = gallery.to(at::kFloat).t();
  const Nearest nearest{.similarity = at::empty({query.size(0), kept}, at::kFloat),
                        .row = at::empty({query.size(0), kept}, at::kLong)};
  float* similarity = nearest.similarity.mutable_data_ptr<float>();
  std::int64_t* row = nearest.row.mutable_data_ptr<std::int64_t>();
  for (std::int64_t begin = 0; begin < query.size(0); begin += kQueriesAtOnce) {
    const std::int64_t size = std::min(kQueriesAtOnce, query.size(0) - begin);
    const at::Tensor all = at::matmul(query.narrow(0, begin, size).to(at::kFloat), turned).contiguous();
    const float* tile = all.const_data_ptr<float>();
    at::parallel_for(0, size, kRowsOfATask, [&](std::int64_t first, std::int64_t last) {
      std::vector<Candidate> best;
      for (std::int64_t q = first; q < last; ++q) {
        select_best(tile + q * gallery.size(0), gallery.size(0), kept, best);
        for (std::int64_t place = 0; place < kept; ++place) {
          similarity[(begin + q) * kept + place] = best[place].similarity;
          row[(begin + q) * kept + place] = best[place].row;
        }
      }
    });
  }
  return nearest;
}

}  // namespace tandem
