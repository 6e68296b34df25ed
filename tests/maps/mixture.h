// The points of tests/reference/make_maps_reference.py, from the same formula.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstdint>
#include <vector>

namespace tandem::tests {

/// splitmix64 of 0, 1, 2, ...: upper 53 bits as fractions.
inline double uniform(std::uint64_t i) {
  std::uint64_t z = (i + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  z = z ^ (z >> 31);
  return static_cast<double>(z >> 11) / 9007199254740992.0;
}

/// Sum of four uniforms: near enough to a Gaussian, and the same bits everywhere.
inline double noise(std::uint64_t i) {
  return ((uniform(4 * i) + uniform(4 * i + 1)) + (uniform(4 * i + 2) + uniform(4 * i + 3))) - 2;
}

/// [rows, width] float32; row i belongs to cluster i % 20.
inline at::Tensor mixture(std::int64_t rows, std::int64_t width) {
  constexpr std::int64_t kClusters = 20;
  at::Tensor points = at::empty({rows, width}, at::kFloat);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t d = 0; d < width; ++d) {
      points.mutable_data_ptr<float>()[i * width + d] =
          static_cast<float>(2 * noise(static_cast<std::uint64_t>(i % kClusters * width + d)) +
                             noise(static_cast<std::uint64_t>((kClusters + i) * width + d)));
    }
  }
  return points;
}

}  // namespace tandem::tests
