// How faithful a map is to the rows it shows.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// Three measures of whether rows that are near each other on the map are also near each other in
/// the original space, and the reverse.
struct MapQuality {
  std::int64_t neighbours = 0;  ///< examined per row
  std::int64_t rows_looked_at = 0;
  double trustworthiness = 0;  ///< 1 if every neighbour on the map is a neighbour in the original space
  double continuity = 0;       ///< 1 if every neighbour in the original space is a neighbour on the map
  double neighbours_kept = 0;  ///< share of the original neighbours that are neighbours on the map too
};

/// Trustworthiness and continuity (Venna & Kaski 2001): 1 minus a penalty for every false, or lost,
/// neighbour, by its rank in the other space. The k nearest are taken by distance, equal ones in
/// the order of the rows.
///
///   rows       [N, D]  floating point
///   map        [N, d]  floating point
///   k          neighbours per row, below N / 2
///   most_rows  number of rows examined, evenly spread, each among all N; 0: every row
///
/// Takes O(min(N, most_rows) N D) time and a few tiles of memory. Throws c10::ValueError if shapes
/// differ, a value is not finite or an argument is out of range.
MapQuality map_quality(const at::Tensor& rows, const at::Tensor& map, std::int64_t k = 5, std::int64_t most_rows = 0);

/// Distances on the map between the two points of a pair.
struct PairDistance {
  double paired = 0;  ///< mean distance of a caption to its own picture
  double random = 0;  ///< mean distance of a caption to every picture; 1 of N such pairs is a true one
};

/// Whether the two sides of the map match: paired should be well below random.
///
///   image_points   [N, 2]
///   text_points    [M, 2]
///   image_of_text  [M] int64: row of image_points that the caption describes
///
/// Throws c10::ValueError if shapes differ, a value is not finite, either side is empty, or a row
/// is out of range.
PairDistance pair_distance(const at::Tensor& image_points, const at::Tensor& text_points,
                           const at::Tensor& image_of_text);

}  // namespace tandem
