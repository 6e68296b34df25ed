// The nearest rows of every row, almost all of them, in less than O(N^2) time: k-means splits the
// rows into parts, and each part searches only the parts around it by matrix products (an inverted
// file, Sivic & Zisserman 2003; Jegou et al. 2011).
#pragma once

#include <cstdint>

#include "tandem/maps/nearest_neighbours.h"

namespace tandem {

struct PartitionOptions {
  std::int64_t candidates = 16'384;  ///< rows compared with every row; N or more compares all and is exact
  std::uint64_t seed = 0;            ///< of the rows that the parts start from
};

/// As nearest_neighbours, but a neighbour in a part that is not searched is missed, and a more
/// distant row takes its place. The same seed gives the same bits whatever the number of threads; a
/// graph (HNSW) built by several threads differs from run to run. benchmarks/maps measures both.
///
///   rows  [N, D]  float32
///   k     1 to N - 1
///
/// Takes O(N (candidates + sqrt N) D) time and two copies of the rows. Many copies of one row lie
/// in one part, which is searched completely. Throws as nearest_neighbours does.
Neighbours partitioned_neighbours(const at::Tensor& rows, std::int64_t k, const PartitionOptions& options = {});

}  // namespace tandem
