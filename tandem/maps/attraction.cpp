#include "tandem/maps/attraction.h"

#include <cstdint>
#include <cstring>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

struct Pull {
  float x = 0;
  float y = 0;
};

// Points are stored as pairs (x, y), so that a neighbour is one load of eight bytes; instructions
// that gather single floats take twice as long.
constexpr std::int64_t kAtOnce = 8;
using Floats = float __attribute__((vector_size(kAtOnce * sizeof(float))));
using FourPairs = double __attribute__((vector_size(kAtOnce * sizeof(float))));

TANDEM_VECTOR_CLONES
Pull pull_on(const float* point, const float* points, const std::int32_t* column, const float* value,
             std::int64_t count) {
  const float x = point[0];
  const float y = point[1];
  const auto pair = [&](std::int64_t e) {
    double both;
    std::memcpy(&both, points + 2 * static_cast<std::int64_t>(column[e]), sizeof(both));
    return both;
  };
  Floats pull_x{};
  Floats pull_y{};
  std::int64_t e = 0;
  for (; e + kAtOnce <= count; e += kAtOnce) {
    const FourPairs even{pair(e), pair(e + 1), pair(e + 4), pair(e + 5)};
    const FourPairs odd{pair(e + 2), pair(e + 3), pair(e + 6), pair(e + 7)};
    const auto a = reinterpret_cast<Floats>(even);
    const auto b = reinterpret_cast<Floats>(odd);
    const Floats dx = x - __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14);
    const Floats dy = y - __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
    Floats strength;
    std::memcpy(&strength, value + e, sizeof(strength));
    strength /= 1 + dx * dx + dy * dy;
    pull_x += strength * dx;
    pull_y += strength * dy;
  }
  Pull sum;
  for (; e < count; ++e) {
    const float dx = x - points[2 * static_cast<std::int64_t>(column[e])];
    const float dy = y - points[2 * static_cast<std::int64_t>(column[e]) + 1];
    const float strength = value[e] / (1 + dx * dx + dy * dy);
    sum.x += strength * dx;
    sum.y += strength * dy;
  }
  for (std::int64_t lane = 0; lane < kAtOnce; ++lane) {
    sum.x += pull_x[lane];
    sum.y += pull_y[lane];
  }
  return sum;
}

}  // namespace

PlanePoints attraction(const PlanePoints& points, const SparseRows& joint, ThreadTeam& team) {
  PlanePoints pull{std::vector<float>(points.x.size()), std::vector<float>(points.x.size())};
  std::vector<float> pairs(2 * points.x.size());
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    pairs[2 * i] = points.x[i];
    pairs[2 * i + 1] = points.y[i];
  }
  team.split(static_cast<std::int64_t>(points.x.size()), 512, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = joint.row_begin[i];
      const Pull sum = pull_on(pairs.data() + 2 * i, pairs.data(), joint.column.data() + first,
                               joint.value.data() + first, joint.row_begin[i + 1] - first);
      pull.x[i] = sum.x;
      pull.y[i] = sum.y;
    }
  });
  return pull;
}

}  // namespace tandem
