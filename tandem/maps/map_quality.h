// How faithful a map is to what it maps.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// Three answers to "are those near each other on the map also near each other in truth, and the
/// other way?".
struct MapQuality {
  std::int64_t neighbours = 0;  ///< looked at around every row
  std::int64_t rows_looked_at = 0;
  double trustworthiness = 0;  ///< 1 if no neighbour on the map is a stranger in truth
  double continuity = 0;       ///< 1 if no neighbour in truth is far away on the map
  double neighbours_kept = 0;  ///< share of the true neighbours that are neighbours on the map too
};

/// Trustworthiness and continuity (Venna & Kaski 2001): 1 minus a penalty for every false, or lost,
/// neighbour by how far down it ranks in the other space. The k nearest are taken by distance,
/// equal ones in the order of the rows.
///
///   rows       [N, D]  floating point
///   map        [N, d]  floating point
///   k          neighbours looked at, below N / 2
///   most_rows  looks at so many rows, evenly spread, each among all N; 0: at every row
///
/// Takes O(min(N, most_rows) N D) time and a few tiles of memory.
/// Throws c10::ValueError if shapes differ, a value is not finite or an argument is out of range.
MapQuality map_quality(const at::Tensor& rows, const at::Tensor& map, std::int64_t k = 5, std::int64_t most_rows = 0);

/// Distances on the map between the two halves of a pair.
struct PairDistance {
  double paired = 0;  ///< mean distance of a caption to its own picture
  double random = 0;  ///< mean distance of a caption to every picture; 1 pair in N of these is a true one
};

/// Whether the two sides of the map have found each other: paired should be well below random.
///
///   image_points   [N, 2]
///   text_points    [M, 2]
///   image_of_text  [M] int64: row of image_points that caption describes
///
/// Throws c10::ValueError if shapes differ, a value is not finite, either side is empty, or a row
/// is out of range.
PairDistance pair_distance(const at::Tensor& image_points, const at::Tensor& text_points,
                           const at::Tensor& image_of_text);

}  // namespace tandem
