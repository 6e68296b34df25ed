#include "tandem/projection/nearest_neighbours.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/projection/blocks.h"
#include "tandem/projection/row_distance.h"
#include "tandem/projection/select_smallest.h"

namespace tandem {
namespace {

void check_rows(std::string_view function, std::string_view name, const at::Tensor& rows) {
  check_shape(function, name, rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat, function, ": ", name, " must be float32, got ", rows.scalar_type());
  check_finite(function, name, rows);
}

/// Whether query i is row i, which is then no neighbour.
enum class Queries { kTheRows, kOthers };

Neighbours search(const at::Tensor& queries, const at::Tensor& rows, std::int64_t k, Queries which) {
  const std::int64_t count = rows.size(0), width = rows.size(1), asked = queries.size(0);
  const float* values = rows.const_data_ptr<float>();
  const float* query_values = queries.const_data_ptr<float>();
  const at::Tensor norms = squared_lengths(rows);
  Neighbours found{at::empty({asked, k}, rows.options().dtype(at::kLong)), at::empty({asked, k}, rows.options())};
  auto* found_row = found.row.mutable_data_ptr<std::int64_t>();
  auto* found_distance = found.squared_distance.mutable_data_ptr<float>();

  // A few more than asked for, so that the rounding of the product cannot push a true neighbour out.
  const std::int64_t candidates = std::min(k + 8, which == Queries::kTheRows ? count - 1 : count);
  const std::int64_t tile = std::clamp<std::int64_t>(4'000'000 / count, 16, 256);
  for_each_block((asked + tile - 1) / tile, [&](std::int64_t block) {
    const std::int64_t begin = block * tile, size = std::min(tile, asked - begin);
    // |b|^2 - 2ab: |a|^2 does not change the order
    at::Tensor score = at::addmm(norms, queries.narrow(0, begin, size), rows.t(), 1, -2);
    float* scores = score.mutable_data_ptr<float>();
    std::vector<Scored> chosen;
    std::vector<std::pair<float, std::int64_t>> order;
    for (std::int64_t i = 0; i < size; ++i) {
      if (which == Queries::kTheRows) scores[i * count + begin + i] = std::numeric_limits<float>::infinity();
      select_smallest(scores + i * count, count, candidates, chosen);
      order.clear();
      for (const auto& [score_of_one, other] : chosen) {
        order.emplace_back(squared_distance(query_values + (begin + i) * width, values + other * width, width), other);
      }
      std::sort(order.begin(), order.end());
      for (std::int64_t c = 0; c < k; ++c) {
        found_distance[(begin + i) * k + c] = order[static_cast<std::size_t>(c)].first;
        found_row[(begin + i) * k + c] = order[static_cast<std::size_t>(c)].second;
      }
    }
  });
  return found;
}

}  // namespace

Neighbours nearest_neighbours(const at::Tensor& rows, std::int64_t k) {
  check_rows("nearest_neighbours", "rows", rows);
  TORCH_CHECK_VALUE(k >= 1 && k < rows.size(0), "nearest_neighbours: k must be from 1 to N - 1 = ", rows.size(0) - 1,
                    ", got ", k);
  const at::Tensor values = rows.detach().contiguous();
  return search(values, values, k, Queries::kTheRows);
}

Neighbours nearest_rows(const at::Tensor& queries, const at::Tensor& rows, std::int64_t k) {
  check_rows("nearest_rows", "rows", rows);
  check_shape("nearest_rows", "queries", queries, {kAnySize, rows.size(1)});
  check_rows("nearest_rows", "queries", queries);
  TORCH_CHECK_VALUE(k >= 1 && k <= rows.size(0), "nearest_rows: k must be from 1 to N = ", rows.size(0), ", got ", k);
  return search(queries.detach().contiguous(), rows.detach().contiguous(), k, Queries::kOthers);
}

}  // namespace tandem
