// t-SNE (van der Maaten & Hinton 2008), the repulsion found on a grid by FFT (after Linderman et
// al. 2019).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "tandem/base/progress.h"

namespace tandem {

struct TsneOptions {
  double perplexity = 30;    ///< effective number of neighbours; at most (N - 1) / 3 is used, at least 1
  int iterations = 650;      ///< in all; 0 returns the initial map
  int exaggerated = 250;     ///< of these the first so many attract more strongly; 0: none do
  double exaggeration = 12;  ///< times as strongly; 1 turns it off
  double learning_rate =
      0;  ///< while exaggerated, four times as much later; 0: the larger of N / 12 (Belkina et al. 2019) and 200
  std::uint64_t seed =
      0;  ///< of the jitter, 1% of the initial spread, that keeps equal rows apart, and of the parts below
  std::int64_t exact_neighbours_to = 50'000;  ///< rows; above, neighbours come from partitioned_neighbours
  Progress progress;                          ///< told after every iteration
  std::function<void(int iterations, const at::Tensor& map)>
      watch;             ///< shown the map [N, 2] as it stands: at the start,
  int watch_every = 50;  ///< after every so many iterations, and at the end
};

struct TsneResult {
  at::Tensor map;         ///< [N, 2] float32, centred on 0
  double kl = 0;          ///< Kullback-Leibler divergence in nats; from all pairs up to 50,000 rows, above by the grid
  double perplexity = 0;  ///< the one used
};

/// A map in the plane on which near rows stay near. Starts from the first two principal components.
///
///   rows  [N, D]  floating point, N >= 1; Euclidean distance between rows is what counts
///
/// Fewer than three rows, about which there is nothing to find out, are put on a line at distance
/// 1. Equal rows, or all rows equal, give a finite map. Uses all intra-op threads; the result is
/// the same bits for the same rows, seed and machine, however many threads there are. Takes O(N *
/// perplexity) memory, and a few seconds for 10,000 rows.
/// Throws c10::ValueError if rows hold NaN or infinity, there are none, or an option is out of
/// range.
TsneResult tsne(const at::Tensor& rows, const TsneOptions& options = {});

}  // namespace tandem
