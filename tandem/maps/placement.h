// New points on a map that is already drawn (after Policar, Strazar & Zupan 2021, "Embedding to
// reference t-SNE space").
#pragma once

#include <ATen/core/Tensor.h>

#include "tandem/base/progress.h"

namespace tandem {

struct PlacementOptions {
  double perplexity = 5;  ///< effective number of neighbours among the mapped rows; at most their number is used
  int iterations = 100;   ///< maximum number of steps; 0: every point stays at the weighted median of its neighbours
  Progress progress;      ///< called after every few hundred points
};

/// Finds the position of new rows on the map of others, which stays unchanged. Every new row starts
/// at the weighted median of its neighbours' positions. It then descends on the divergence between
/// its neighbour probabilities and those of its position on the map. New rows do not influence each
/// other.
///
///   rows      [N, D]  floating point: the mapped rows
///   map       [N, 2]  floating point: their positions
///   new_rows  [M, D]  floating point
///
/// Returns [M, 2] float32; the same bits whatever the number of threads. Takes O(M N (D +
/// iterations)) time.
/// Throws c10::ValueError if shapes differ, a value is not finite, `rows` is empty, or an option is
/// out of range.
at::Tensor place_on_map(const at::Tensor& rows, const at::Tensor& map, const at::Tensor& new_rows,
                        const PlacementOptions& options = {});

}  // namespace tandem
