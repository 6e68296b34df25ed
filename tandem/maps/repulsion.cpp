#include "tandem/maps/repulsion.h"

#include <algorithm>
#include <cstdint>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

TANDEM_VECTOR_CLONES
Push push_from(float x, float y, const float* other_x, const float* other_y, std::int64_t count) {
  float push_x = 0, push_y = 0, potential = 0;
#pragma omp simd reduction(+ : push_x, push_y, potential)
  for (std::int64_t j = 0; j < count; ++j) {
    const float dx = x - other_x[j];
    const float dy = y - other_y[j];
    const float w = 1 / (1 + dx * dx + dy * dy);
    potential += w;
    push_x += w * w * dx;
    push_y += w * w * dy;
  }
  return {push_x, push_y, potential};
}

}  // namespace

Push push_on(float x, float y, const PlanePoints& points) {
  return push_from(x, y, points.x.data(), points.y.data(), static_cast<std::int64_t>(points.x.size()));
}

void exact_repulsion(const PlanePoints& points, ThreadTeam& team, Repulsion& repulsion) {
  const auto count = static_cast<std::int64_t>(points.x.size());
  repulsion.x.resize(points.x.size());
  repulsion.y.resize(points.x.size());
  std::vector<float> potential(points.x.size());
  // A million pairs per thread, about 0.3 ms: waking a thread for less costs more than it saves.
  const std::int64_t grain = std::max<std::int64_t>(1'000'000 / std::max<std::int64_t>(count, 1), 64);
  team.split(count, grain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Push push = push_on(points.x[i], points.y[i], points);
      repulsion.x[i] = push.x;
      repulsion.y[i] = push.y;
      potential[i] = push.potential;
    }
  });
  repulsion.normaliser = 0;
  for (const float value : potential) repulsion.normaliser += value - 1.0;
}

}  // namespace tandem
