#include "tandem/projection/attraction.h"

#include <cstdint>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

struct Pull {
  float x = 0;
  float y = 0;
};

TANDEM_VECTOR_CLONES
Pull pull_on(float x, float y, const PlanePoints& points, const std::int32_t* column, const float* value,
             std::int64_t count) {
  const float* other_x = points.x.data();
  const float* other_y = points.y.data();
  float pull_x = 0, pull_y = 0;
#pragma omp simd reduction(+ : pull_x, pull_y)
  for (std::int64_t e = 0; e < count; ++e) {
    const float dx = x - other_x[column[e]], dy = y - other_y[column[e]];
    const float strength = value[e] / (1 + dx * dx + dy * dy);
    pull_x += strength * dx;
    pull_y += strength * dy;
  }
  return {pull_x, pull_y};
}

}  // namespace

PlanePoints attraction(const PlanePoints& points, const SparseRows& joint, ThreadTeam& team) {
  PlanePoints pull{std::vector<float>(points.x.size()), std::vector<float>(points.x.size())};
  team.split(static_cast<std::int64_t>(points.x.size()), 512, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = joint.row_begin[i];
      const Pull sum = pull_on(points.x[i], points.y[i], points, joint.column.data() + first,
                               joint.value.data() + first, joint.row_begin[i + 1] - first);
      pull.x[i] = sum.x;
      pull.y[i] = sum.y;
    }
  });
  return pull;
}

}  // namespace tandem
