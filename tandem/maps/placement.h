// New points on a map that is already drawn (after Policar, Strazar & Zupan 2021, "Embedding to
// reference t-SNE space").
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/base/progress.h"

namespace tandem {

struct PlacementOptions {
  double perplexity = 5;  ///< effective number of neighbours among the mapped rows; at most their number is used
  int iterations = 100;   ///< steps at most; 0 leaves every point at the weighted median of its neighbours
  Progress progress;      ///< told after every few hundred points
};

/// Finds the place of new rows on the map of others, which stays as it is. Every new row starts at
/// the weighted median of its neighbours' places and then descends on the divergence between its
/// neighbours and the map's points as it would see them. New rows do not see each other: each lands
/// where it would land alone.
///
///   rows      [N, D]  floating point: what was mapped
///   map       [N, 2]  floating point: where
///   new_rows  [M, D]  floating point
///
/// Returns [M, 2] float32; the same bits however many threads there are. Takes O(M N (D +
/// iterations)) time.
/// Throws c10::ValueError if shapes differ, a value is not finite, there is no row, or an option is
/// out of range.
at::Tensor place_on_map(const at::Tensor& rows, const at::Tensor& map, const at::Tensor& new_rows,
                        const PlacementOptions& options = {});

}  // namespace tandem
