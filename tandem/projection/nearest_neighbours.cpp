#include "tandem/projection/nearest_neighbours.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/topk.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/projection/blocks.h"
#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

TANDEM_VECTOR_CLONES
float squared_distance(const float* a, const float* b, std::int64_t width) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t d = 0; d < width; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

}  // namespace

Neighbours nearest_neighbours(const at::Tensor& rows, std::int64_t k) {
  check_shape("nearest_neighbours", "rows", rows, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat, "nearest_neighbours: rows must be float32, got ",
                    rows.scalar_type());
  const std::int64_t count = rows.size(0), width = rows.size(1);
  TORCH_CHECK_VALUE(k >= 1 && k < count, "nearest_neighbours: k must be from 1 to N - 1 = ", count - 1,
                    ", got ", k);
  check_finite("nearest_neighbours", "rows", rows);

  const at::Tensor points = rows.detach().contiguous();
  const float* values = points.const_data_ptr<float>();
  const at::Tensor norms = at::empty({count}, points.options());
  float* norm = norms.mutable_data_ptr<float>();
  const std::vector<float> origin(static_cast<std::size_t>(width), 0.0F);
  for (std::int64_t i = 0; i < count; ++i)
    norm[i] = squared_distance(values + i * width, origin.data(), width);

  Neighbours found{at::empty({count, k}, points.options().dtype(at::kLong)),
                   at::empty({count, k}, points.options())};
  auto* found_row = found.row.mutable_data_ptr<std::int64_t>();
  auto* found_distance = found.squared_distance.mutable_data_ptr<float>();

  // A few more than asked for, so that the rounding of the product cannot push a true neighbour out.
  const std::int64_t candidates = std::min(k + 8, count - 1);
  const std::int64_t tile = std::clamp<std::int64_t>(4'000'000 / count, 16, 256);
  for_each_block((count + tile - 1) / tile, [&](std::int64_t block) {
    const std::int64_t begin = block * tile, size = std::min(tile, count - begin);
    const at::Tensor part = points.narrow(0, begin, size);
    at::Tensor score =
        at::addmm(norms, part, points.t(), 1, -2);  // |b|^2 - 2ab: |a|^2 does not change the order
    for (std::int64_t i = 0; i < size; ++i) {
      score.mutable_data_ptr<float>()[i * count + begin + i] = std::numeric_limits<float>::infinity();
    }
    const at::Tensor chosen = std::get<1>(at::topk(score, candidates, 1, false, false)).contiguous();
    const auto* candidate = chosen.const_data_ptr<std::int64_t>();
    std::vector<std::pair<float, std::int64_t>> order(static_cast<std::size_t>(candidates));
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t c = 0; c < candidates; ++c) {
        const std::int64_t other = candidate[i * candidates + c];
        order[static_cast<std::size_t>(c)] = {
            squared_distance(values + (begin + i) * width, values + other * width, width), other};
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

}  // namespace tandem
