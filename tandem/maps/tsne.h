// t-SNE (van der Maaten & Hinton 2008), with the repulsion computed on a grid by FFT (after
// Linderman et al. 2019).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "tandem/base/progress.h"

namespace tandem {

struct TsneOptions {
  double perplexity = 30;    ///< effective number of neighbours; at most (N - 1) / 3 is used, at least 1
  int iterations = 650;      ///< total; 0 returns the initial map
  int exaggerated = 250;     ///< number of the first iterations with stronger attraction; 0: none
  double exaggeration = 12;  ///< factor on the attraction during these; 1 turns it off
  double learning_rate =
      0;  ///< while exaggerated, four times this later; 0: the larger of N / 12 (Belkina et al. 2019) and 200
  std::uint64_t seed =
      0;  ///< of the jitter (1% of the initial spread) that separates equal rows, and of partitioned_neighbours
  std::int64_t exact_neighbours_to = 50'000;  ///< up to this many rows; for more, partitioned_neighbours is used
  Progress progress;                          ///< called after every iteration
  std::function<void(int iterations, const at::Tensor& map)>
      watch;             ///< called with the current map [N, 2]: at the start,
  int watch_every = 50;  ///< after every this many iterations, and at the end
};

struct TsneResult {
  at::Tensor map;  ///< [N, 2] float32, centred on 0
  double kl = 0;   ///< Kullback-Leibler divergence in nats; up to 50,000 rows over all pairs, for more by the grid
  double perplexity = 0;  ///< the value used
};

/// A map in the plane on which near rows stay near. It starts from the first two principal
/// components.
///
///   rows  [N, D]  floating point, N >= 1; Euclidean distances between rows count
///
/// Fewer than three rows are put on a line at distance 1, because they leave nothing to optimise.
/// Equal rows, or all rows equal, give a finite map. Uses all intra-op threads. The same rows, seed
/// and machine give the same bits whatever the number of threads. Takes O(N * perplexity) memory,
/// and a few seconds for 10,000 rows.
/// Throws c10::ValueError if rows hold NaN or infinity, there are none, or an option is out of
/// range.
TsneResult tsne(const at::Tensor& rows, const TsneOptions& options = {});

}  // namespace tandem
